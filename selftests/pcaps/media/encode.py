# SPDX-License-Identifier: GPL-2.0
"""What the encoders make of a sound or a picture: a list of Packet, for each name
in CODECS. ffmpeg or bcg729 encodes, and we cut the frames into packets; or
GStreamer does both."""

import ctypes
import math
import shlex
import struct
import subprocess
import wave
from collections import namedtuple

# ts: since the stream's first packet, in units of its clock.
Packet = namedtuple("Packet", "pt marker ts payload")

MTU = 1200
CODECS = {}
VIDEO = []


def pcm(sound, rate):
    """The samples of a .wav file, 16 bits little endian."""
    return convert(sound, f"-ar {rate} -ac 1 -f s16le")


def convert(source, arguments):
    return subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", source,
                           *arguments.split(), "-flags", "+bitexact", "-"],
                          check=True, stdout=subprocess.PIPE).stdout


def cut(data, size, pt, step):
    return [Packet(pt, i == 0, i * step, data[i * size:(i + 1) * size])
            for i in range(len(data) // size)]


# Frames of one length: name, payload type, ffmpeg's arguments, bytes a packet,
# clock ticks a packet.
FRAMES = (
    ("pcmu_10", 0, "-ar 8000 -f mulaw", 80, 80),
    ("pcmu_20", 0, "-ar 8000 -f mulaw", 160, 160),
    ("pcmu_30", 0, "-ar 8000 -f mulaw", 240, 240),
    ("pcma_10", 8, "-ar 8000 -f alaw", 80, 80),
    ("pcma_20", 8, "-ar 8000 -f alaw", 160, 160),
    ("pcma_30", 8, "-ar 8000 -f alaw", 240, 240),
    ("g722_20", 9, "-ar 16000 -f g722", 160, 160),
    ("gsm_20", 3, "-ar 8000 -f gsm", 33, 160),
    ("g723_30", 4, "-ar 8000 -b:a 6300 -c:a g723_1 -f wav", 24, 240),
    ("g726_16", 98, "-ar 8000 -c:a g726le -code_size 2 -f g726le", 40, 160),
    ("g726_24", 98, "-ar 8000 -c:a g726le -code_size 3 -f g726le", 60, 160),
    ("g726_32", 98, "-ar 8000 -c:a g726le -code_size 4 -f g726le", 80, 160),
    ("g726_40", 98, "-ar 8000 -c:a g726le -code_size 5 -f g726le", 100, 160),
    ("g726_32_aal2", 98, "-ar 8000 -c:a g726 -code_size 4 -f g726", 80, 160),
    ("l16_8k", 97, "-ar 8000 -f s16be", 320, 160),
    ("l16_44k", 11, "-ar 44100 -f s16be", 440, 220),
    ("codec2_2400_80", 96, "-ar 8000 -c:a libcodec2 -mode 2400 -f codec2raw",
     24, 640),
    ("codec2_1300_80", 96, "-ar 8000 -c:a libcodec2 -mode 1300 -f codec2raw",
     14, 640),
)


def add_frames(name, pt, arguments, size, step):
    def encode(sound):
        data = convert(sound, "-ac 1 " + arguments)
        if arguments.endswith("wav"):
            data = data[data.index(b"data") + 8:]
        return cut(data, size, pt, step)
    CODECS[name] = encode


for row in FRAMES:
    add_frames(*row)


# GStreamer: name, sample rate, encoder and payloader.
AUDIO = (
    ("opus_6k", 48000, "opusenc bitrate=6000 bitrate-type=cbr audio-type=voice"
     " ! rtpopuspay pt=111"),
    ("opus_16k_dtx", 48000, "opusenc bitrate=16000 audio-type=voice dtx=true"
     " ! rtpopuspay pt=111 dtx=true"),
    ("opus_24k_cbr", 48000, "opusenc bitrate=24000 bitrate-type=cbr"
     " ! rtpopuspay pt=111"),
    ("opus_32k_fec", 48000, "opusenc bitrate=32000 bitrate-type=vbr"
     " inband-fec=true packet-loss-percentage=10 audio-type=voice"
     " ! rtpopuspay pt=111"),
    ("opus_64k_music", 48000, "opusenc bitrate=64000 audio-type=generic"
     " ! rtpopuspay pt=111"),
    ("opus_20k_60ms", 48000, "opusenc bitrate=20000 frame-size=60"
     " ! rtpopuspay pt=111"),
    ("opus_96k_10ms", 48000, "opusenc bitrate=96000 frame-size=10"
     " ! rtpopuspay pt=111"),
    ("speex_nb", 8000, "speexenc mode=nb ! rtpspeexpay pt=97"),
    ("speex_nb_dtx", 8000, "speexenc mode=nb vad=true dtx=true"
     " ! rtpspeexpay pt=97"),
    ("speex_wb_vbr", 16000, "speexenc mode=wb vbr=true ! rtpspeexpay pt=97"),
    ("amr_475", 8000, "amrnbenc band-mode=0 ! rtpamrpay pt=96"),
    ("amr_122", 8000, "amrnbenc band-mode=7 ! rtpamrpay pt=96"),
    ("amrwb_660", 16000, "voamrwbenc band-mode=0 ! rtpamrpay pt=96"),
    ("amrwb_2385", 16000, "voamrwbenc band-mode=8 ! rtpamrpay pt=96"),
    ("siren_20", 16000, "sirenenc ! rtpsirenpay pt=96 max-ptime=20000000"),
    ("sbc", 16000, "sbcenc ! rtpsbcpay pt=96 mtu=200"),
    ("aac_hbr", 44100, "voaacenc bitrate=64000 ! audio/mpeg,stream-format=raw"
     " ! rtpmp4gpay pt=96"),
    ("aac_latm", 44100, "voaacenc bitrate=64000 ! audio/mpeg,stream-format=raw"
     " ! rtpmp4apay pt=96"),
    ("ac3", 44100, "avenc_ac3 bitrate=96000 ! ac3parse ! rtpac3pay pt=96 mtu=440"),
    ("mp2", 44100, "twolamemp2enc bitrate=64 ! mpegaudioparse ! rtpmpapay mtu=300"),
    ("mp3", 44100, "lamemp3enc target=bitrate bitrate=64 cbr=true"
     " ! mpegaudioparse ! rtpmpapay mtu=300"),
    ("vorbis", 44100, "vorbisenc ! rtpvorbispay pt=96 mtu=500"),
)

PICTURES = (
    ("vp8", "vp8enc threads=1 target-bitrate=300000 keyframe-max-dist=30"
     " deadline=1 ! rtpvp8pay pt=96 picture-id-mode=15-bit picture-id-offset=1"),
    ("vp9", "vp9enc threads=1 target-bitrate=300000 keyframe-max-dist=30"
     " deadline=1 ! rtpvp9pay pt=98 picture-id-mode=15-bit"),
    ("h264_base", "x264enc threads=1 bitrate=300 tune=zerolatency"
     " key-int-max=30 speed-preset=veryfast ! video/x-h264,profile=baseline"
     " ! rtph264pay pt=102 config-interval=-1"),
    ("h264_high", "x264enc threads=1 bitrate=300 bframes=2 key-int-max=30"
     " ! video/x-h264,profile=high ! rtph264pay pt=102 config-interval=-1"),
    # It ends with a complaint about the frame that does not come any more.
    ("openh264", "openh264enc bitrate=300000 multi-thread=1 gop-size=30"
     " ! h264parse ! rtph264pay pt=102 config-interval=-1"),
    ("h265", "x265enc bitrate=300 key-int-max=30 speed-preset=ultrafast"
     " option-string=pools=none:frame-threads=1"
     " ! h265parse ! rtph265pay pt=103 config-interval=-1"),
    ("h261", "avenc_h261 bitrate=300000 ! rtph261pay"),
    ("h263", "avenc_h263 bitrate=300000 ! rtph263pay"),
    ("h263p", "avenc_h263p bitrate=300000 ! rtph263ppay pt=96"),
    ("mpeg4", "avenc_mpeg4 bitrate=300000 ! rtpmp4vpay pt=96"
     " config-interval=1"),
    ("mjpeg", "jpegenc quality=40 ! rtpjpegpay"),
    ("theora", "theoraenc bitrate=300 ! rtptheorapay pt=96"),
    ("vraw", "rtpvrawpay pt=96"),
)


def framed(stream):
    """RFC 4571's packets: a length before each."""
    at = 0
    while at + 2 <= len(stream):
        size = struct.unpack_from(">H", stream, at)[0]
        yield stream[at + 2:at + 2 + size]
        at += 2 + size


def launch(pipeline):
    """What comes out of it; rtpstreampay puts a length before each packet."""
    run = subprocess.run(
        ["gst-launch-1.0", "-q", *shlex.split(pipeline), "!", "rtpstreampay",
         "!", "fdsink", "fd=1"], check=True, stdout=subprocess.PIPE)
    first = None
    packets = []
    for packet in framed(run.stdout):
        flags, mark_pt, _, ts, _ = struct.unpack_from(">BBHII", packet)
        assert flags == 0x80, "no CSRC, extension or padding is expected"
        first = ts if first is None else first
        packets.append(Packet(mark_pt & 0x7f, mark_pt >> 7,
                              ts - first & 0xffffffff, packet[12:]))
    return packets


def vp9(encode):
    """Its payloader draws the first picture number by lot: count from 1."""
    def numbered(picture):
        packets, first = encode(picture), None
        for i, packet in enumerate(packets):
            number = struct.unpack_from(">H", packet.payload, 1)[0] & 0x7fff
            first = number if first is None else first
            number = 0x8000 | (number - first + 1) & 0x7fff
            packets[i] = packet._replace(payload=packet.payload[:1] + struct.pack(
                ">H", number) + packet.payload[3:])
        return packets
    return numbered


def add_audio(name, rate, elements):
    CODECS[name] = lambda sound: launch(
        f"filesrc location={sound} ! wavparse ! audioconvert ! audioresample !"
        f" audio/x-raw,rate={rate},channels=1 ! {elements}")


def add_picture(name, elements):
    VIDEO.append(name)
    CODECS[name] = lambda picture: launch(
        f"filesrc location={picture} ! rawvideoparse width=352 height=288"
        f" format=i420 framerate=25/1 ! videoconvert ! {elements} mtu={MTU}")


for row in AUDIO:
    add_audio(*row)
for row in PICTURES:
    add_picture(*row)
CODECS["vp9"] = vp9(CODECS["vp9"])


# G.729 -----------------------------------------------------------------------

def g729_frames(sound, vad=0):
    """The frames of 10 ms; with VAD they have 10, 2 or no bytes."""
    lib = ctypes.CDLL("libbcg729.so.0")
    lib.initBcg729EncoderChannel.restype = ctypes.c_void_p
    encoder = ctypes.c_void_p(lib.initBcg729EncoderChannel(vad))
    samples, frames = pcm(sound, 8000), []
    frame, size = ctypes.create_string_buffer(10), ctypes.c_uint8()
    for at in range(0, len(samples) // 160 * 160, 160):
        lib.bcg729Encoder(encoder, samples[at:at + 160], frame,
                          ctypes.byref(size))
        frames.append(frame.raw[:size.value])
    lib.closeBcg729EncoderChannel(encoder)
    return frames


def add_g729(name, frames):
    def encode(sound):
        return cut(b"".join(g729_frames(sound)), 10 * frames, 18, 80 * frames)
    CODECS[name] = encode


def g729b(sound):
    """Two frames a packet; what VAD makes of silence ends a packet: RFC 3551."""
    packets, held, quiet = [], b"", True
    for i, frame in enumerate(g729_frames(sound, vad=1)):
        held += frame
        if held and (len(held) >= 20 or len(frame) < 10):
            started = len(held) >= 10 and quiet
            packets.append(Packet(18, started, 80 * (i - len(held) // 10), held))
            held = b""
        quiet = len(frame) < 10
    return packets


add_g729("g729_10", 1)
add_g729("g729_20", 2)
add_g729("g729_30", 3)
CODECS["g729b_20"] = g729b


# AV1: GStreamer's payloader for it is in no package --------------------------

def leb128(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7f) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def obus(data):
    """Low-overhead bitstream: type and the OBU without its size field."""
    at = 0
    while at < len(data):
        header = data[at:at + (2 if data[at] & 4 else 1)]
        size, body = leb128(data, at + len(header))
        yield (header[0] >> 3 & 15,
               bytes([header[0] & ~2]) + header[1:] + data[body:body + size])
        at = body + size


def av1(picture):
    """One OBU a packet, larger ones in fragments; no temporal delimiters."""
    stream = convert_picture(picture, "-c:v libaom-av1 -cpu-used 8 -threads 1"
                             " -b:v 300k -g 30 -f obu")
    packets, frame, first = [], -1, False
    for kind, obu in obus(stream):
        if kind == 2:
            frame, first = frame + 1, True
            continue
        parts = [obu[i:i + MTU - 13] for i in range(0, len(obu), MTU - 13)]
        for i, part in enumerate(parts):
            aggregation = ((i > 0) << 7 | (i + 1 < len(parts)) << 6 | 1 << 4 |
                           (kind == 1 and first) << 3)
            packets.append(Packet(45, kind == 6 and i + 1 == len(parts),
                                  frame * 3600, bytes([aggregation]) + part))
        first = False
    return packets


def convert_picture(picture, arguments):
    return subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-f", "rawvideo", "-s", "352x288",
         "-r", "25", "-pix_fmt", "yuv420p", "-i", picture, *arguments.split(),
         "-"], check=True, stdout=subprocess.PIPE).stdout


def mp2t(picture):
    """A transport stream: seven packets of it in one of RTP's, as IPTV has it."""
    return cut(convert_picture(picture, "-c:v mpeg2video -b:v 1M -f mpegts"),
               7 * 188, 33, 900)


VIDEO += ["av1", "mp2t"]
CODECS.update(av1=av1, mp2t=mp2t)


# Ours ------------------------------------------------------------------------

def pcmu_cn(sound):
    """G.711 with voice activity detection: comfort noise (RFC 3389) each 200 ms
    instead of quiet frames."""
    samples = pcm(sound, 8000)
    packets, quiet = [], 0
    for i, packet in enumerate(cut(convert(sound, "-ar 8000 -ac 1 -f mulaw"),
                                   160, 0, 160)):
        frame = struct.unpack_from("<160h", samples, 320 * i)
        if max(map(abs, frame)) > 200:
            packets.append(packet._replace(marker=quiet > 0 or i == 0))
            quiet = 0
            continue
        if quiet % 10 == 0:
            packets.append(Packet(13, False, 160 * i, bytes([70 + i % 3])))
        quiet += 1
    return packets


def events(start=0):
    """telephone-event (RFC 4733): digits, each seven packets in 120 ms."""
    packets = []
    for i, digit in enumerate((1, 0, 5, 11, 3, 9, 9, 2, 7, 10, 4, 8, 6, 1)):
        ts = start + i * 1600
        for n in range(7):
            # Volume -10 dBm0; the last three say, each again, that it ended.
            end = 0x80 if n >= 4 else 0
            duration = 160 * min(n + 1, 5)
            packets.append(Packet(101, n == 0, ts, struct.pack(
                ">BBH", digit, end | 10, duration)))
    return packets


def pcmu_events(sound):
    """A call in which digits are pressed between the words: same stream."""
    voice = CODECS["pcmu_20"](sound)
    digits = events(voice[30].ts)
    return voice[:30] + digits[:28] + voice[70:]


def typed():
    """What a hand types, a packet each 300 ms: one to three characters."""
    text = (
        "Hello, this is Ana. Can you read me? Yes! The train from Zürich is "
        "late, so I'll be there at 19:40, not at 19:10… See you then, bye. "
        "Oh, and one more thing: would you bring the blue folder that is on my "
        "desk? The one with the drawings of the bridge, not the one with the "
        "bills. Thank you. Did your sister call? She wanted to know whether "
        "Saturday suits us; I told her that we'd be at home from three o'clock "
        "on. Good, then that is settled. Take care!")
    at = 0
    while at < len(text):
        size = 1 + at * 7 % 3
        yield text[at:at + size].encode()
        at += size


def t140(_sound):
    return [Packet(98, i == 0, 300 * i, part) for i, part in enumerate(typed())]


def t140_red(_sound):
    """RFC 4103 with two generations of redundancy, in RFC 2198's format: a block
    is 0x80 and the payload type, 14 bits of time offset, 10 of length."""
    packets, older = [], [b"", b""]
    for i, part in enumerate(typed()):
        blocks = b"".join(
            struct.pack(">I", 0xe2 << 24 | 300 * (2 - n) << 10 | len(old))
            for n, old in enumerate(older))
        packets.append(Packet(100, i == 0, 300 * i, blocks + bytes([98]) +
                              b"".join(older) + part))
        older = [older[1], part]
    return packets


CODECS["pcmu_cn"] = pcmu_cn
CODECS["telephone_event"] = lambda _sound: events()
CODECS["pcmu_telephone_event"] = pcmu_events
CODECS["t140"] = t140
CODECS["t140_red"] = t140_red


def write_dtmf(name):
    """A sound file of its own: 16 keys, 100 ms each, 100 ms between."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
    samples = []
    for i in range(48000 * 12):
        key, quiet = i // 9600 % 16, i % 9600 >= 4800
        value = 0 if quiet else sum(
            math.sin(2 * math.pi * i / 48000 * hertz)
            for hertz in (rows[key // 4], columns[key % 4]))
        samples.append(round(8000 * value))
    with wave.open(name, "wb") as out:
        out.setparams((1, 2, 48000, 0, "NONE", ""))
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
