# SPDX-License-Identifier: GPL-2.0
"""Rules files for conf_test.py: wrong ones, valid ones, and how they print."""

NAME31 = "n" * 31
COMMENT127 = "c" * 127

# By theme: a file with a » before the place of its error, which is not in the
# file, and what the message says. Nobody else's error may come first.
WRONG = {
    "statements": [
        ("»bogus\n", "unexpected a name, expected"),
        ("»Mode enforce\n", "unexpected a name"),
        ("»accept\n", "unexpected accept"),
        ("»{ }\n", "unexpected '{'"),
        ("»}\n", "unexpected '}'"),
        ("mode enforce »strict\n", "unexpected a name, expected end of"),
        ("mode enforce »rule a { accept }\n", "unexpected rule"),
        ("rule a { accept } »rule b { drop }\n", "unexpected rule"),
        ("\n\n;;\n\t »\"mode\"\n", "unexpected a quoted string"),
        ("mode off # one\n# two\n»three # four\n", "unexpected a name"),
        ("mode \\\n»bogus\n", "unknown mode 'bogus'"),
        ("mode off\r\n»bogus\r\n", "unexpected a name"),
        ("mode off\n»bogus", "unexpected a name"),
        (" " * 70000 + "»bogus\n", "unexpected a name"),
    ],
    "mode": [
        ("mode »bogus\n", "expected one of off, monitor, enforce, strict"),
        ("mode »{ enforce }\n", "unexpected '{', expected a name"),
        ("mode»\n", "unexpected end of line, expected a name"),
        ("mode »2\n", "unexpected a number, expected a name"),
        ("mode »= off\n", "unexpected '=', expected a name"),
        ("mode off\nmode »off\n", "mode is set twice"),
    ],
    "define": [
        ("define »= 192.0.2.1\n", "unexpected this character, expected a name"),
        ("define»\n", "unexpected end of line, expected a name"),
        ("define »9x = ::1\n", "unexpected this character"),
        ("define x »192.0.2.1\n", "unexpected an address, expected '='"),
        ("define x = »eth0\n", "expected an address, a $name or '{'"),
        ("define x = { »}\n", "expected end of line, an address or a $name"),
        ("define x = {\n\n»}\n", "expected end of line, an address or a $name"),
        ("define x = { ::1, »}\n", "unexpected '}', expected end of line, an"),
        ("define x = { ::1 »::2 }\n", "unexpected an address, expected"),
        ("define x = { ::1»; ::2 }\n", "unexpected ';'"),
        ("define x = { »{ ::1 } }\n", "unexpected '{'"),
        ("define x = ::1», ::2\n", "unexpected ','"),
        ("define x = »$x\n", "$x is not defined"),
        ("define x = { ::1, »$x }\n", "$x is not defined"),
        ("define x = »$y\ndefine y = ::1\n", "$y is not defined"),
        ("define x = ::1\ndefine »x = ::2\n", "'x' is defined twice"),
        ("define x = »1.2.3\n", "'1.2.3' is no address"),
        ("define x = »\"wg0\"\n", "unexpected a quoted string"),
    ],
    "addresses": [
        ("rule a { ip daddr »$nobody; accept }", "$nobody is not defined"),
        ("rule a { ip daddr »$ x; accept }", "unexpected this character"),
        ("rule a { ip daddr { »$nobody }; accept }", "$nobody is not defined"),
        ("rule a { ip daddr »192.0.2.1/24; accept }",
         "'192.0.2.1/24' has bits set beyond its prefix length"),
        ("rule a { ip saddr »0.0.0.1/0; accept }", "bits set beyond"),
        ("rule a { ip saddr »128.0.0.0/0; accept }", "bits set beyond"),
        ("rule a { ip6 daddr »2001:db8::1/127; accept }", "bits set beyond"),
        ("rule a { ip daddr »192.0.2.0/33; accept }", "expected at most 32"),
        ("rule a { ip6 daddr »2001:db8::/129; accept }", "expected at most 128"),
        ("rule a { ip daddr »1.0.0.0/99999999999999999999; accept }",
         "expected at most 32"),
        ("rule a { ip daddr 192.0.2.0»/; accept }", "unexpected this character"),
        ("rule a { ip daddr 192.0.2.0»-192.0.2.9; accept }",
         "unexpected this character"),
        ("rule a { ip daddr »256.0.0.1; accept }", "is no address"),
        ("rule a { ip daddr »1.2.3.4.5; accept }", "is no address"),
        ("rule a { ip daddr »1.2.3; accept }", "is no address"),
        ("rule a { ip daddr »7; accept }", "unexpected a number, expected"),
        ("rule a { ip6 daddr »2001:db8:::1; accept }", "is no address"),
        ("rule a { ip6 daddr »12345::; accept }", "is no address"),
        ("rule a { ip6 daddr »1:2:3:4:5:6:7; accept }", "is no address"),
        ("rule a { ip6 daddr »" + "0:" * 99 + "; accept }", "is no address"),
        ("rule a { ip6 daddr fe80::1»%eth0; accept }",
         "unexpected this character"),
        ("rule a { ip daddr »pbx.example; accept }", "unexpected a name"),
        ("rule a { ip daddr »2001:db8::1; accept }",
         "is of the other family, expected IPv4"),
        ("rule a { ip6 saddr »192.0.2.1; accept }",
         "is of the other family, expected IPv6"),
        ("rule a { ip daddr { 192.0.2.1,\n »::1 }; accept }",
         "is of the other family, expected IPv4"),
        ("rule a { ip »192.0.2.1; accept }", "expected daddr or saddr"),
        ("rule a { ip »dport 1; accept }", "expected daddr or saddr"),
        ("rule a { »daddr 192.0.2.1; accept }", "unexpected daddr"),
    ],
    "ports": [
        ("rule a { udp dport »65536; accept }", "expected 0 to 65535"),
        ("rule a { udp sport »99999999999999999999; accept }",
         "expected 0 to 65535"),
        ("rule a { th dport »0-65536; accept }", "expected 0 to 65535"),
        ("rule a { th dport »20-10; accept }", "'20-10' is no port"),
        ("rule a { th dport { 1, 2-3,\n\t»70000 }; accept }", "'70000' is no"),
        ("rule a { th dport »-5; accept }", "unexpected this character"),
        ("rule a { th dport 5»-; accept }", "unexpected this character"),
        ("rule a { th dport 5-6»-7; accept }", "unexpected this character"),
        ("rule a { th dport »sip; accept }", "expected a number, a range of ports or '{'"),
        ("rule a { th dport { »}; accept }", "a number or a range of ports"),
        ("rule a { udp »5004; accept }", "expected dport or sport"),
        ("rule a { udp »saddr ::1; accept }", "expected dport or sport"),
        ("rule a { udp sport 1; »udplite dport 1; accept }",
         "name two protocols"),
        ("rule a { th sport 1; »udp dport 1; accept }", "name two protocols"),
    ],
    "devices": [
        ("rule a { oifname »eth0; accept }", "expected a quoted string or '{'"),
        ("rule a { oifname { »}; accept }", "or a quoted string"),
        ("rule a { oifname »\"sixteen-bytes-16\"; accept }",
         "expected 1 to 15 bytes"),
        ("rule a { oifname »\"\"; accept }", "'' is no device name"),
        ("rule a { oifname »\"a/b\"; accept }", "'a/b' is no device name"),
        ("rule a { oifname »\"a b\"; accept }", "'a b' is no device name"),
        ("rule a { oifname »\"a:b\"; accept }", "'a:b' is no device name"),
        ("rule a { oifname »\"a\\b\"; accept }", "'a\\b' is no device name"),
        ("rule a { oifname »\"e*0\"; accept }", "asterisk only at the end"),
        ("rule a { oifname »\"e**\"; accept }", "asterisk only at the end"),
        ("rule a { oifname »\".\"; accept }", "'.' is no device name"),
        ("rule a { oifname { \"lo\", »\"..\" }; accept }", "'..' is no device"),
    ],
    "classes and protections": [
        ("rule a { class »foo; accept }", "unknown class 'foo', expected one of"),
        ("rule a { class { rtp, »foo }; accept }", "unknown class 'foo'"),
        ("rule a { class { rtp »rtcp }; accept }", "expected end of line, '}' or ','"),
        ("rule a { class { rtp, »}; accept }", "unexpected '}'"),
        ("rule a { class { rtp»; accept }", "unexpected ';'"),
        ("rule a { class { »}; accept }", "unexpected '}'"),
        ("rule a { class »$x; accept }", "unexpected a $name"),
        ("rule a { class»; accept }", "unexpected ';', expected a name"),
        ("rule a { protection »secret; accept }", "unknown protection 'secret'"),
        ("rule a { media »secret; accept }",
         "unknown protection 'secret', expected any, unprotected or one of undet"),
        ("rule a { media { clear, »no }; accept }", "unknown protection 'no'"),
        ("rule a { »video clear; accept }", "unknown match 'video', expected"),
        ("rule a { media»; accept }", "unexpected ';'"),
    ],
    "rules": [
        ("rule»\n", "unexpected end of line, expected a name"),
        ("rule »{ accept }", "unexpected this character, expected a name"),
        ("rule »\"a\" { accept }", "unexpected this character"),
        ("rule »9lives { accept }", "unexpected this character"),
        ("rule »" + "n" * 32 + " { accept }", "expected at most 31 bytes"),
        ("rule a »accept\n", "expected end of line or '{'"),
        ("rule a»; { accept }\n", "expected end of line or '{'"),
        ("rule a { accept }\nrule »a { drop }", "a rule named 'a' stands above"),
        ("rule a { accept »drop }", "unexpected drop"),
        ("rule a { log »accept }", "unexpected accept"),
        ("rule a { accept»\n", "unexpected end of file"),
        ("rule a {»\n", "unexpected end of file"),
        ("rule a { accept }»}\n", "unexpected '}'"),
        ("rule a { accept }\n»rule b { }", "rule 'b' decides nothing"),
        ("»rule a { media clear; log }", "expected accept or drop"),
        ("rule a { »rule b { accept } }", "unexpected rule"),
        ("rule a { accept; »mode off }", "unexpected mode"),
    ],
    "matches that stand twice": [
        ("rule a { accept; »accept }", "accept or drop stands twice"),
        ("rule a { accept; »drop }", "accept or drop stands twice"),
        ("rule a { log; »log; drop }", "log stands twice"),
        ("rule a { media any; »media any; drop }", "subject stands twice"),
        ("rule a { media any; »control any; drop }", "subject stands twice"),
        ("rule a { media any; »protection null; drop }",
         "protection stands twice"),
        ("rule a { protection null; »media null; drop }",
         "protection stands twice"),
        ("rule a { class rtp; »class rtp; drop }", "class stands twice"),
        ("rule a { ip saddr 1.1.1.1; »ip saddr 1.1.1.1; drop }",
         "saddr stands twice"),
        ("rule a { ip daddr 1.1.1.1; »ip6 daddr ::; drop }",
         "daddr stands twice"),
        ("rule a { th sport 1; »th sport 1; drop }", "sport stands twice"),
        ("rule a { th dport 1; »th dport 1; drop }", "dport stands twice"),
        ("rule a { oifname \"a\"; »oifname \"a\"; drop }", "oifname stands twice"),
        ("rule a { comment \"a\"; comment »\"a\"; drop }",
         "comment stands twice"),
    ],
    "comments and strings": [
        ("rule a { comment »text; accept }", "expected a quoted string"),
        ("rule a { comment »\"open; accept }\n", "string has no end"),
        ("rule a { comment »\"two\nlines\"; accept }", "string has no end"),
        ("rule a { accept; comment »\"", "string has no end"),
        ("rule a { oifname { \"a\", »\"b }; accept }\n", "string has no end"),
        (f'rule a {{ comment »"{COMMENT127}c"; accept }}',
         "expected at most 127 bytes"),
        ('rule a { comment »"a\\b"; accept }', "backslash, expected plain"),
        ('rule a { comment »"a\tb"; accept }', "control character"),
        ('rule a { comment »"a\x01b"; accept }', "control character"),
        ('rule a { comment »"a\x7fb"; accept }', "control character"),
        ("rule a { comment \"a\" »\"b\"; accept }", "unexpected a quoted"),
    ],
    "defaults": [
        ("default { }\n»default { }", "default stands twice"),
        ("default »a { }", "expected end of line or '{'"),
        ("default { media unprotected drop»\n", "unexpected end of file"),
        ("default { »video clear drop }", "unknown subject 'video'"),
        ("default { media »secret drop }", "unknown protection 'secret'"),
        ("default { »media clear }", "decides nothing"),
        ("default { media clear drop »log }", "unexpected log"),
        ("default { media clear log accept »drop }", "unexpected drop"),
        ("default { media clear drop\n»media unprotected accept }",
         "a default for the same subject and protection stands above"),
        ("default { media drop; »media null log }", "stands above"),
        ("default { »class rtp drop }", "unexpected class"),
        ("default { »accept }", "unexpected accept, expected"),
        ("default { media»; accept }", "unexpected ';'"),
    ],
    "words of a later version": [
        (f"»{word} {{ x }}", f"'{word}' is not supported by this version")
        for word in ("tunnel", "egress")
    ] + [
        (f"rule a {{ »{word} x; accept }}",
         f"'{word}' is not supported by this version")
        for word in ("meta", "socket", "in", "iifname", "oifgroup")
    ],
}

# The same in bytes: NUL, what is not UTF-8, what UTF-8 does not belong here.
WRONG_BYTES = [
    (b"mode off\n@\0\n", "NUL byte, expected text in UTF-8"),
    (b"@\0", "NUL byte"),
    (b'rule a { comment "a@\0b"; accept }', "NUL byte"),
    (b"# @\xff\n", "byte that is not UTF-8"),
    (b"# @\xc3", "byte that is not UTF-8"),
    (b"# @\xc3(\n", "byte that is not UTF-8"),
    (b"# @\x80\n", "byte that is not UTF-8"),
    (b"# @\xc0\x80\n", "byte that is not UTF-8"),
    (b"# @\xe0\x80\x80\n", "byte that is not UTF-8"),
    (b"# @\xed\xa0\x80\n", "byte that is not UTF-8"),
    (b"# @\xf4\x90\x80\x80\n", "byte that is not UTF-8"),
    (b"# @\xf8\x88\x80\x80\x80\n", "byte that is not UTF-8"),
    (b"# euro @\xe2\x82", "byte that is not UTF-8"),
    ("@\ufeffmode off\n".encode(), "unexpected this character"),
    ("rule a { @\u00e9t\u00e9 any; accept }".encode(),
     "unexpected this character"),
    ("rule a { class @\u2010; accept }".encode(), "unexpected this character"),
    (b"mode off @& mode off\n", "unexpected this character"),
    (b"mode off @\x0b\n", "unexpected this character"),
]

EVERYTHING = """\
#!/usr/sbin/rtpguard -f
# \u20ac and all the rest
mode strict; define one = 192.0.2.10
define pbx = { $one, 2001:db8::/64,
	198.51.100.0/24 }
rule lab-phones { media unprotected; ip daddr $pbx; accept; comment "until Q3" }
rule every
{
	signalling { clear, null }; class { sip, h323 }
	ip6 saddr { ::1, 2001:db8::/32, $one }
	ip daddr 192.0.2.0/24
	udp sport { 5060, 5062-5064 }; udp dport 0-65535
	oifname { "eth0", "wl*" } # wireless too
	log; drop; \\
	comment "\u00e9t\u00e9"
}
default { media { uniform, protected } accept; media undetermined log
	control unprotected log drop; emergency accept }
"""

# What is accepted, whatever it means.
VALID = [
    "", "\n", ";", " \t\r\n;;\n", "# only a comment", "#!/usr/sbin/rtpguard -f\n",
    "mode off", "mode monitor\n", "mode enforce;", ";mode strict",
    "mode off;rule a{accept};rule b{drop};default{}\n",
    "mode off\r\nrule a {\r\n\taccept\r\n}\r\n",
    "mode \\\n off\n", "default\n\n{\n\n}\n", "rule a\n\n{;;accept;;}\n",
    "rule rule { accept }; rule drop { drop }; rule tunnel { drop }",
    "define define = ::1; rule mode { ip6 saddr $define; accept }",
    "define x={\n\n::1,\n\n192.0.2.1, ::2\n}",
    "rule _a-9 { accept }; rule _ { drop }; rule A { drop }; rule a { drop }",
    "rule a { ip saddr { 0.0.0.0/0, 255.255.255.255/32, 1.2.3.4 }; accept }",
    "rule a { ip6 daddr { ::/0, ::1/128, FE80::/10, ::ffff:1.2.3.4 }; drop }",
    "rule a { th dport { 0, 65535, 0-65535, 7-7 }; th sport 1; drop }",
    'rule a { oifname { "*", "e", "fifteen-bytes15", "wl*", "a*", "\u00e9" }; drop }',
    f'rule {NAME31} {{ accept; comment "{COMMENT127}" }}',
    'rule a { accept; comment "" }',
    'rule a { accept; comment "# { } ; $x @ \u20ac" }',
    "rule a { class { rtp, rtp }; media { clear, clear, any }; accept }",
    "default { media any log accept; control drop; signalling log }",
    "default { media clear drop; media null drop; media exposed accept }",
    EVERYTHING,
    "rule a { tcp dport { 554, 1935 }; drop }",
]

# What is read, and how it is printed: without its defaults, the built-in ones.
PRINTED = [
    ("rule a { accept }", "rule a {\n\taccept\n}\n"),
    ('rule a{comment "x";drop;log}',
     'rule a {\n\tlog\n\tdrop\n\tcomment "x"\n}\n'),
    ("mode strict", "mode strict\n"),
    ("rule a { media { clear, exposed, null }; drop }",
     "rule a {\n\tmedia unprotected\n\tdrop\n}\n"),
    ("rule a { media unprotected; drop }",
     "rule a {\n\tmedia unprotected\n\tdrop\n}\n"),
    ("rule a { control { unprotected, suspected }; drop }",
     "rule a {\n\tcontrol { suspected, exposed, null, clear }\n\tdrop\n}\n"),
    ("rule a { emergency any; drop }", "rule a {\n\temergency any\n\tdrop\n}\n"),
    ("rule a { protection any; drop }", "rule a {\n\tdrop\n}\n"),
    ("rule a { protection { undetermined, uniform, protected, suspected,"
     " exposed, null, clear }; drop }", "rule a {\n\tdrop\n}\n"),
    ("rule a { protection uniform; drop }",
     "rule a {\n\tprotection uniform\n\tdrop\n}\n"),
    ("rule a { class { rtcp, rtp, rtp, t38, unknown }; drop }",
     "rule a {\n\tclass { unknown, rtp, rtcp, t38 }\n\tdrop\n}\n"),
    ("rule a { ip saddr { 192.0.2.1/32 }; ip6 daddr 2001:DB8:0:0::/064; drop }",
     "rule a {\n\tip saddr 192.0.2.1\n\tip6 daddr 2001:db8::/64\n\tdrop\n}\n"),
    ("rule a { ip saddr { 10.0.0.0/8, 0.0.0.0/0, 10.0.0.0/8 }; drop }",
     "rule a {\n\tip saddr { 10.0.0.0/8, 0.0.0.0/0, 10.0.0.0/8 }\n\tdrop\n}\n"),
    ("define x = { 192.0.2.1, ::1 }; define y = { $x, ::2 }\n"
     "rule a { ip daddr $y; drop }",
     "define a_daddr = { 192.0.2.1, ::1, ::2 }\n"
     "rule a {\n\tip daddr $a_daddr\n\tdrop\n}\n"),
    ("define x = ::1; rule a { ip6 daddr { ::, $x, ::2 }; drop }",
     "rule a {\n\tip6 daddr { ::, ::1, ::2 }\n\tdrop\n}\n"),
    ("rule a { udp sport 5004; udp dport { 6000-6010, 7-7 }; drop }",
     "rule a {\n\tudp sport 5004\n\tudp dport { 6000-6010, 7 }\n\tdrop\n}\n"),
    ("rule a { tcp sport 554; drop }", "rule a {\n\ttcp sport 554\n\tdrop\n}\n"),
    ("rule a { udplite dport 0-65535; drop }",
     "rule a {\n\tudplite dport 0-65535\n\tdrop\n}\n"),
    ("rule a { th sport 00080; drop }", "rule a {\n\tth sport 80\n\tdrop\n}\n"),
    ('rule a { oifname { "b*", "a" }; drop }',
     'rule a {\n\toifname { "b*", "a" }\n\tdrop\n}\n'),
    ("rule b { drop }; rule a { accept }",
     "rule b {\n\tdrop\n}\nrule a {\n\taccept\n}\n"),
]

BUILT_IN = """\
default {
	media { undetermined, uniform, protected } accept
	media { suspected, exposed, null, clear } drop
	control { undetermined, uniform, protected, suspected } accept
	control unprotected log accept
	signalling { undetermined, uniform, protected, suspected, exposed, null } accept
	signalling clear log accept
	emergency any accept
}
"""

# Defaults, and how all of them are printed then.
PRINTED_DEFAULTS = [
    ("default { }", BUILT_IN),
    ("default { media unprotected drop; media suspected drop }", BUILT_IN),
    ("default { media any accept }",
     BUILT_IN.replace("\tmedia { undetermined, uniform, protected } accept\n"
                      "\tmedia { suspected, exposed, null, clear } drop\n",
                      "\tmedia any accept\n")),
    ("default { control any accept; signalling log }",
     """\
default {
	media { undetermined, uniform, protected } accept
	media { suspected, exposed, null, clear } drop
	control any accept
	signalling any log accept
	emergency any accept
}
"""),
    ("default { signalling unprotected log drop; control suspected drop }",
     """\
default {
	media { undetermined, uniform, protected } accept
	media { suspected, exposed, null, clear } drop
	control { undetermined, uniform, protected } accept
	control suspected drop
	control unprotected log accept
	signalling { undetermined, uniform, protected, suspected } accept
	signalling unprotected log drop
	emergency any accept
}
"""),
    ("default { emergency clear drop }",
     BUILT_IN.replace("\temergency any accept",
                      "\temergency { undetermined, uniform, protected,"
                      " suspected, exposed, null } accept\n"
                      "\temergency clear drop")),
]
