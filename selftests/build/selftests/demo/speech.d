../build/selftests/demo/speech.o: speech.c wav.h ../../kmod/core/types.h
wav.h:
../../kmod/core/types.h:
