../build/selftests/demo/frame.o: frame.c frame.h ../../kmod/core/types.h \
 ../../kmod/core/cursor.h ../../kmod/core/types.h
frame.h:
../../kmod/core/types.h:
../../kmod/core/cursor.h:
../../kmod/core/types.h:
