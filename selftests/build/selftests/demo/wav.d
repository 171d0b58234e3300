../build/selftests/demo/wav.o: wav.c wav.h ../../kmod/core/types.h \
 ../../kmod/core/cursor.h ../../kmod/core/types.h
wav.h:
../../kmod/core/types.h:
../../kmod/core/cursor.h:
../../kmod/core/types.h:
