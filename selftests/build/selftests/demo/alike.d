../build/selftests/demo/alike.o: alike.c likeness.h \
 ../../kmod/core/types.h wav.h
likeness.h:
../../kmod/core/types.h:
wav.h:
