../build/selftests/demo/likeness.o: likeness.c likeness.h \
 ../../kmod/core/types.h
likeness.h:
../../kmod/core/types.h:
