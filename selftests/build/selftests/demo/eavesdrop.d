../build/selftests/demo/eavesdrop.o: eavesdrop.c channel.h stream.h \
 frame.h ../../kmod/core/types.h likeness.h wav.h
channel.h:
stream.h:
frame.h:
../../kmod/core/types.h:
likeness.h:
wav.h:
