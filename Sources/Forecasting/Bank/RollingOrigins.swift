/// The places in a history from which every candidate forecasts what is known already.
///
/// Models are fitted at a few of them, and between two of those forecast with what they have learned,
/// as they would in service.
struct RollingOrigins: Equatable {
  /// Steps left off at the end where candidates are fitted, descending; the last is 0, the forecast
  /// itself.
  let cuts: [Int]
  /// Windows that are forecast from each fit but the last.
  let windowsPerFit: Int
  /// Steps from one window's begin to the next; windows of one fit overlap by half.
  let spacing: Int
  let horizon: Int

  /// Fits before the last, when the history is long enough for them.
  static let fits = 4
  /// Steps that all windows of a fit should cover, so that a short horizon has many windows.
  static let stepsPerFit = 48

  /// - Parameter needed: Steps of history that every fit must have.
  init(count: Int, horizon: Int, needed: Int) {
    self.horizon = max(1, horizon)
    let span = max(1, Self.stepsPerFit / self.horizon) * self.horizon
    spacing = max(1, self.horizon / 2)
    windowsPerFit = span / spacing
    let possible = count > needed ? (count - needed) / span : 0
    cuts = (0...min(Self.fits, possible)).reversed().map { $0 * span }
  }

  /// For the fit of that number: steps left off at the end where its windows begin. The last windows
  /// may reach beyond the end of the history.
  func windows(ofFit number: Int) -> [Int] {
    let cut = cuts[number]
    return cut == 0 ? [0] : (0..<windowsPerFit).map { cut - $0 * spacing }
  }
}
