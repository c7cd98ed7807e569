/// Repeatable standard normal numbers: SplitMix64 (Steele, Lea and Flood 2014) through the normal
/// quantile function.
struct NormalNoise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    word ^= word >> 31
    return Normal.quantile((Double(word >> 11) + 0.5) * 0x1p-53)
  }
}
