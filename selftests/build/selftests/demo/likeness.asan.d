../build/selftests/demo/likeness.asan.o: likeness.c likeness.h \
 ../../kmod/core/types.h
likeness.h:
../../kmod/core/types.h:
