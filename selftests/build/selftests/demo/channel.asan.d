../build/selftests/demo/channel.asan.o: channel.c channel.h stream.h \
 frame.h ../../kmod/core/types.h
channel.h:
stream.h:
frame.h:
../../kmod/core/types.h:
