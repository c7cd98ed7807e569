import RealModule

/// The scale on which a model is additive. On a logarithmic scale, seasons multiply.
public enum Transform: Sendable, Equatable {
  case identity
  case squareRoot
  /// Logarithm of the value plus an offset > 0, in the units of the series, which keeps zeros finite.
  case logarithm(offset: Double)

  /// The logarithm for a series: with an offset of a twentieth of its mean when it comes close to
  /// zero, and else a millionth, so that ratios are kept. Scaling the series scales the offset.
  ///
  /// - Parameter values: Non-negative; NaN is unknown and passed over. Without any positive value
  ///   there is no ratio to speak of, and the result is `identity`.
  public static func logarithm(for values: [Double]) -> Transform {
    var sum = 0.0
    var count = 0.0
    var smallest = Double.infinity
    for value in values where value >= 0 && value.isFinite {
      sum += value
      count += 1
      smallest = min(smallest, value)
    }
    guard sum > 0 else { return .identity }
    let mean = sum / count
    return .logarithm(offset: max(1e-6 * mean, 0.05 * mean - smallest))
  }

  /// The transformed value; a negative value counts as 0, NaN stays NaN.
  public func apply(_ value: Double) -> Double {
    switch self {
    case .identity: value
    case .squareRoot: value <= 0 ? 0 : value.squareRoot()
    case .logarithm(let offset): Double.log((value <= 0 ? 0 : value) + offset)
    }
  }

  /// The value of a transformed value, never below 0.
  public func invert(_ transformed: Double) -> Double {
    switch self {
    case .identity: max(0, transformed)
    case .squareRoot: transformed <= 0 ? 0 : transformed * transformed
    case .logarithm(let offset): max(0, Double.exp(transformed) - offset)
    }
  }

  func write(to writer: inout StateWriter) {
    switch self {
    case .identity: writer.write(byte: 0)
    case .squareRoot: writer.write(byte: 1)
    case .logarithm(let offset):
      writer.write(byte: 2)
      writer.write(offset)
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    let position = reader.position
    switch try reader.readByte() {
    case 0: self = .identity
    case 1: self = .squareRoot
    case 2:
      let offset = try reader.readDouble()
      guard offset > 0, offset.isFinite else {
        throw .inconsistent("the offset of a logarithm must be positive and finite")
      }
      self = .logarithm(offset: offset)
    case let byte: throw .unexpectedByte(byte, at: position)
    }
  }
}
