../build/selftests/demo/stream.o: stream.c stream.h frame.h \
 ../../kmod/core/types.h ../../kmod/core/cursor.h ../../kmod/core/types.h
stream.h:
frame.h:
../../kmod/core/types.h:
../../kmod/core/cursor.h:
../../kmod/core/types.h:
