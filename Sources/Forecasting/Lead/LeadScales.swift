/// The window lengths, in steps, over which the recent past is read: powers of four up to 256, or to
/// 24 times the lead where that is more, so that they follow the step and the lead, not the clock.
struct LeadScales: Sendable, Equatable {
  /// Everything is relative to the mean over this many steps.
  static let short = 4
  /// Window lengths never exceed this.
  static let maximum = 1024

  /// Means besides the short one, ascending from 1.
  let means: [Int]
  let maxima: [Int]
  let volatilities: [Int]
  /// The longest window.
  let longest: Int

  init(_ lead: LeadWindow) {
    var longest = 16
    while longest * 4 <= min(Self.maximum, max(256, 24 * (lead.last + 1))) { longest *= 4 }
    var means = [1]
    var length = 16
    while length <= longest {
      means.append(length)
      length *= 4
    }
    self.means = means
    maxima = [max(Self.short, longest / 16), max(8, longest / 4)]
    volatilities = [max(8, longest / 8), longest]
    self.longest = longest
  }

  /// Features without those of the seasons: a constant, the level, and one per window.
  var count: Int { 2 + means.count + maxima.count + volatilities.count }
}
