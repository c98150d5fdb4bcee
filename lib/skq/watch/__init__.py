"""Personal texts seen on reading -> keyed digests -> what of them is found in a finished release.

A build knows every pupil's id and name for a moment; the gate, later and in another process, must find any of them in
the finished files. In between lies only `watch.json`: HMAC-SHA-256 of each text with the key of the pseudonyms, which
lies elsewhere. Nobody can read a name out of it, nor test a guess without the key.

A text is compared as its words: letters and digits, small, composed (NFC) — so that `Anna-Karin Berg`,
`BERG, Anna Karin` and the same name with combining marks are one.
"""
