"""Makes gateway-vectors.json: JSON bodies, how Python prints them again, and their signatures. Run once: python3 gateway-vectors.py"""

import hashlib
import hmac
import json
import pathlib
import random
import struct

SECRET = "SK_0123456789ABCDEF0123456789ABCDEF"
random.seed(2026)

FLOATS = """0.0 -0.0 1.0 -1.0 0.1 0.2 0.30000000000000004 100.0 1000.50 1299.00 100.10 1e0 1E5 1e15 1e16 1e17 1e21 1e22 1e23 1.5e16 123456789012345.6
1234567890123456.0 12345678901234567.0 9007199254740993.0 1e-1 1e-4 1e-5 0.0001 0.00012 0.00001 0.000012345 1.5e-7 1e-7 1e-10 5e-324 2.2250738585072014e-308
1.7976931348623157e308 1e308 1e400 -1e400 1e-400 0e10 -0e-5 0.0000 1.10 3.141592653589793 2.5e+3 2.5E-3 4.35 0.07 1.005 99999999999999.99 1e100 1.25e+100""".split()
INTEGERS = """0 -0 1 -1 42 9007199254740991 9007199254740992 9007199254740993 -9007199254740993 18446744073709551616
123456789012345678901234567890 -340282366920938463463374607431768211456 1000000000000000000000""".split()
STRINGS = [
    '"plain"', '""', '"Acm\u00e9"', '"\u00fc\u00df\u00f8"', '"\u65e5\u672c\u8a9e"', '"\U0001f4b3 card"', r'"\ud83d\udcb3"', r'"\uD83D\uDCB3"', r'"\ud83d"',
    r'"\udcb3 alone"', r'"\u00e9 \u00E9"', r'"a\/b"', '"a/b"', r'"\"quoted\""', r'"back\\slash"', r'"\b\f\n\r\t"', r'"\u0001\u001f\u007f"', '"\x7f"',
    r'"\u2028\u2029"', '"\u2028\u2029"', '"<script>&\'"', r'"\u0041"', '"\ufeff"', '"\uffff"', r'"\\u0041"', '"e\u0301"', '"\u202e"', '"{}[],:"',
]
DOCUMENTS = [
    "{}", "[]", "null", "true", "false", " { } ", "[ ]", "[[],{}]", '{"a":{"b":{"c":[1,2,{"d":null}]}}}',
    '{"a":1,"a":2}', '{"a":1,"b":2,"a":3}', r'{"a":1,"\u0061":2}', '{"b":1,"a":2,"10":3,"9":4,"1":5}', '{"__proto__":1,"constructor":2}', '{"":0}',
    '{ "event" : "payment.completed" , "amount" : 100.0 }', '{\n  "event": "payment.completed",\n  "data": {\n    "amount": 100.10\n  }\n}\n',
    '\t{"tab":\t1}\r\n', '{"list":[1,1.0,1e0,"1",true,null]}', '{"\u00e9":"\u00e9","\U0001f4b3":"\U0001f4b3"}', r'{"\ud83d":1,"\udcb3":2}',
    '{"event":"payment.completed","id":"txn_0123456789ab","timestamp":"2026-11-21T01:50:18.454037Z",'
    '"data":{"customerName":"Bob","amount":100.1,"currency":"us","status":"completed"}}',
    '{"nested":[[[[[[[[[[0.10]]]]]]]]]]}', '{"a" :1 ,"b": [ 1 , 2 ] }',
]


def some_float():
    while True:
        value = struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0]
        if value == value and value not in (float("inf"), float("-inf")):
            return random.choice(["%r", "%.17g", "%e", "%.3f" if abs(value) < 1e20 else "%r"]) % value


def some_amount():
    return "%.*f" % (random.randrange(1, 6), random.uniform(0, 10 ** random.randrange(1, 18)))


texts = DOCUMENTS + ["[%s]" % number for number in FLOATS + INTEGERS] + ['{"text":%s}' % string for string in STRINGS]
while len(texts) < 240:
    amounts = ",".join(random.choice([some_float, some_amount])() for _ in range(4))
    texts.append('{"n":[%s],"s":%s}' % (amounts, random.choice(STRINGS)))

vectors = []
for text in texts:
    printed = json.dumps(json.loads(text), separators=(",", ":"))
    vectors.append({"text": text, "printed": printed, "signature": hmac.new(SECRET.encode(), printed.encode(), hashlib.sha256).hexdigest()})
body = ",\n".join(json.dumps(vector) for vector in vectors)
pathlib.Path(__file__).with_suffix(".json").write_text('{"secret":"%s","vectors":[\n%s\n]}\n' % (SECRET, body))
