extension HoltWinters {
  private static let stateTag: UInt8 = 0x48

  /// Writes parameters and states; `init(from:)` gives back a model that is equal to the bit.
  /// About 8 bytes per step of all seasons together.
  public func writeState(to writer: inout StateWriter) {
    writer.write(tag: Self.stateTag, version: 2)
    writer.write(seasons.count)
    for length in seasons.lengths { writer.write(length) }
    transform.write(to: &writer)
    writer.write(parameters.level)
    writer.write(parameters.trend)
    writer.write(parameters.damping)
    for number in 0..<seasons.count { writer.write(parameters.seasonal[number]) }
    writer.write(parameters.residual)
    writer.write(level)
    writer.write(trend)
    writer.write(residual)
    writer.write(innovationBound)
    writer.write(smallestInnovationBound)
    writer.write(smallest)
    writer.write(largest)
    writer.write(seasonal)
  }

  /// Reads a model that `writeState(to:)` wrote.
  ///
  /// - Throws: `StateError`, also when the parts are all there but contradict each other or are not
  ///   finite.
  public init(from reader: inout StateReader) throws(StateError) {
    try reader.read(tag: Self.stateTag, versions: 2...2)
    let seasonCount = try reader.readCount(elementSize: 8)
    var lengths: [Int] = []
    for _ in 0..<min(seasonCount, SeasonPositions.capacity + 1) {
      lengths.append(try reader.readInt())
    }
    guard let seasons = Seasons(lengths) else {
      throw .inconsistent("seasons of impossible length or number")
    }
    let transform = try Transform(from: &reader)
    var parameters = HoltWintersParameters(level: try reader.readDouble())
    parameters.trend = try reader.readDouble()
    parameters.damping = try reader.readDouble()
    for number in 0..<seasons.count { parameters.seasonal[number] = try reader.readDouble() }
    parameters.residual = try reader.readDouble()
    let level = try reader.readDouble()
    let trend = try reader.readDouble()
    let residual = try reader.readDouble()
    let innovationBound = try reader.readDouble()
    let smallestInnovationBound = try reader.readDouble()
    let smallest = try reader.readDouble()
    let largest = try reader.readDouble()
    let seasonal = try reader.readDoubles()
    guard seasonal.count == seasons.totalLength else {
      throw .inconsistent("the seasonal states do not fit the seasons")
    }
    guard parameters.isFinite, seasonal.allSatisfy(\.isFinite), level.isFinite, trend.isFinite,
      residual.isFinite, innovationBound >= 0, innovationBound.isFinite,
      smallestInnovationBound >= 0, smallestInnovationBound.isFinite, smallest <= largest,
      smallest >= 0, largest.isFinite
    else { throw .inconsistent("a state is not finite or out of range") }
    self.init(
      seasons: seasons, transform: transform, parameters: parameters, level: level, trend: trend,
      seasonal: seasonal, innovationBound: innovationBound,
      smallestInnovationBound: smallestInnovationBound, residual: residual,
      range: smallest...largest)
  }
}
