../build/selftests/demo/stream.asan.o: stream.c stream.h frame.h \
 ../../kmod/core/types.h ../../kmod/core/cursor.h ../../kmod/core/types.h
stream.h:
frame.h:
../../kmod/core/types.h:
../../kmod/core/cursor.h:
../../kmod/core/types.h:
