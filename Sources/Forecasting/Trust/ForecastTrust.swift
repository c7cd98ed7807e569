/// How far a service's forecast may be believed, from how its upper quantile did at the lead time.
///
/// Two fading rates are kept: how often demand exceeded the quantile, and the pinball loss against
/// that of simply holding the last value. A grade falls as soon as either is bad; it rises one grade
/// at a time, and only after both have been good for a while.
public struct ForecastTrust: Sendable, Equatable {
  public enum Grade: Int, Sendable, Equatable, Comparable, CaseIterable {
    /// The forecast is left aside.
    case reactiveOnly
    /// It may raise capacity, not lower it.
    case blended
    /// It decides.
    case full

    public static func < (left: Grade, right: Grade) -> Bool { left.rawValue < right.rawValue }
  }

  /// The quantile's level, for example 0.95.
  public let level: Double
  /// Steps over which a rate fades to 1/e.
  public let memory: Double
  public private(set) var grade: Grade
  /// Share of steps in which demand exceeded the quantile, fading.
  public private(set) var exceedance: Double
  /// Pinball loss of the forecast over that of the last value held, fading; 1 is as good.
  public var relativeLoss: Double { held > 0 ? loss / held : (loss > 0 ? .infinity : 1) }

  private var loss = 0.0
  private var held = 0.0
  private var calm = 0
  private var seen = 0

  /// - Parameters:
  ///   - level: Clamped to 0.5 … 0.999.
  ///   - memory: In steps, at least 10.
  ///   - grade: Where it starts; a new service has earned nothing.
  public init(level: Double, memory: Double = 288, grade: Grade = .blended) {
    self.level = min(max(level, 0.5), 0.999)
    self.memory = max(10, memory)
    self.grade = grade
    exceedance = 1 - self.level
  }

  /// Takes in one step whose demand has become known.
  ///
  /// - Parameters:
  ///   - value: Demand; nil, NaN and negative ones are unknown and change nothing.
  ///   - quantile: What was forecast of it one lead time before, at `level`.
  ///   - last: The last value that was known then.
  @discardableResult
  public mutating func observe(_ value: Double?, quantile: Double, last: Double) -> Grade {
    guard let value, value >= 0, (value + quantile + last).isFinite else { return grade }
    let gain = 1 / min(memory, Double(seen) + memory / 10)
    seen += 1
    exceedance += gain * ((value > quantile ? 1 : 0) - exceedance)
    loss += gain * (pinball(value, quantile) - loss)
    held += gain * (pinball(value, last) - held)

    let allowed = 1 - level
    let worst: Grade =
      if exceedance > 4 * allowed || relativeLoss > 2 {
        .reactiveOnly
      } else if exceedance > 2 * allowed || relativeLoss > 1 {
        .blended
      } else {
        .full
      }
    let good = exceedance < 1.5 * allowed && relativeLoss < 0.9
    if worst < grade {
      grade = worst
      calm = 0
    } else {
      calm = good ? calm + 1 : 0
      if Double(calm) >= memory / 2, let better = Grade(rawValue: grade.rawValue + 1) {
        grade = better
        calm = 0
      }
    }
    return grade
  }

  private func pinball(_ value: Double, _ quantile: Double) -> Double {
    value >= quantile ? level * (value - quantile) : (1 - level) * (quantile - value)
  }
}

extension ForecastTrust {
  private static let stateTag: UInt8 = 0x54

  /// Writes everything; `init(from:)` gives back a value that is equal to the bit.
  public func writeState(to writer: inout StateWriter) {
    writer.write(tag: Self.stateTag, version: 1)
    writer.write(level)
    writer.write(memory)
    writer.write(grade.rawValue)
    writer.write(exceedance)
    writer.write(loss)
    writer.write(held)
    writer.write(calm)
    writer.write(seen)
  }

  /// - Throws: `StateError`, also when a part is not finite or out of range.
  public init(from reader: inout StateReader) throws(StateError) {
    try reader.read(tag: Self.stateTag, versions: 1...1)
    let level = try reader.readDouble()
    let memory = try reader.readDouble()
    guard let grade = Grade(rawValue: try reader.readInt()), level.isFinite, memory.isFinite else {
      throw .inconsistent("a trust's grade or level is not one")
    }
    self.init(level: level, memory: memory, grade: grade)
    exceedance = try reader.readDouble()
    loss = try reader.readDouble()
    held = try reader.readDouble()
    calm = try reader.readInt()
    seen = try reader.readInt()
    guard (0...1).contains(exceedance), loss >= 0, held >= 0, (loss + held).isFinite, calm >= 0,
      seen >= 0, seen < Int.max / 2
    else { throw .inconsistent("a trust's sums are out of range") }
  }
}
