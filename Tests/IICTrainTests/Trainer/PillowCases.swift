import IICTrain

/// Checksums of colours that Pillow 13 changed; `scripts/pillow-cases` prints them.
enum PillowCases {
    static let all: [([ColourJitter.Change], UInt64)] = [
        ([.brightness(0.6)], 0x2A47B6AC78518732),
        ([.brightness(0.93)], 0x08B307F2418CC492),
        ([.brightness(1.08)], 0x52276FD84778F3DC),
        ([.brightness(1.4)], 0x479533D319A15DEA),
        ([.contrast(0.6)], 0xB23BA2DD3BF73E66),
        ([.contrast(0.91)], 0xC011D6945CA8CBE7),
        ([.contrast(1.1)], 0xB2E4D6F811FDD026),
        ([.contrast(1.4)], 0x5D404FEDCD7D448A),
        ([.saturation(0.6)], 0x459E341E5839F8BF),
        ([.saturation(0.9)], 0x417B59A0E1A893D9),
        ([.saturation(1.07)], 0xF8309573A5825C65),
        ([.saturation(1.4)], 0x634A75D6A0F87F6A),
        ([.hue(-0.5)], 0xAF04966F6F2271FB),
        ([.hue(-0.06)], 0x42349807DFAC4CC1),
        ([.hue(0.003)], 0xED3E1087AFB76369),
        ([.hue(0.08)], 0x70690E5417A6E1CA),
        ([.hue(0.125)], 0x92FFB0582A38B834),
        ([.brightness(1.08), .contrast(0.91), .saturation(1.07), .hue(-0.06)], 0x0465D516D4C19D0E),
        ([.hue(0.08), .saturation(0.9), .contrast(1.1), .brightness(0.93)], 0x6738E0DF821671AE),
    ]
}
