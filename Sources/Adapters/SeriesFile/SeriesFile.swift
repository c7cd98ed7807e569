public import Domain

/// A series file: CSV with a header row, RFC 4180 quoting, UTF-8 (a byte order mark is tolerated).
///
/// Columns in any order: `timestamp`, `rate` or `value`, optionally `queue`, `ready` and `series`;
/// other columns are skipped and listed. The row of time *t* is the mean over `[t, t + resolution)`,
/// the resolution is the most common spacing. Rows may come in any order. An empty cell is unknown.
/// A repeated row is dropped if it says the same and refused otherwise.
///
/// Where the reader says at which step, a file may also be laid out as those of the M4 competition:
/// columns `V1`, `V2`, …, a row per series, its name first, then its values. It has no times: each
/// series begins at 1970-01-01T00:00:00Z.
public struct SeriesFile: Sendable, Equatable {
  /// What the numbers of the `rate` column are.
  public enum Unit: String, Sendable, CaseIterable {
    case perSecond = "per_second"
    /// Requests per row; divided by the resolution when read.
    case count
  }

  public struct Series: Sendable, Equatable {
    /// The `series` cell; empty if the file has no such column.
    public var name: String
    /// Requests per second.
    public var rate: TimeSeries
    /// Requests waiting, on the grid of `rate`; nil if the file has no such column.
    public var queue: TimeSeries?
    /// Replicas serving, on the grid of `rate`; nil if the file has no such column.
    public var ready: TimeSeries?
    public var report: SeriesReport

    public init(
      name: String, rate: TimeSeries, queue: TimeSeries? = nil, ready: TimeSeries? = nil
    ) {
      self.init(
        name: name, rate: rate, queue: queue, ready: ready, report: SeriesReport(rate))
    }

    init(
      name: String, rate: TimeSeries, queue: TimeSeries?, ready: TimeSeries?, report: SeriesReport
    ) {
      self.name = name
      self.rate = rate
      self.queue = queue
      self.ready = ready
      self.report = report
    }
  }

  /// In the order in which the file first names them; never empty after reading.
  public var series: [Series]
  /// Columns of the file that mean nothing here.
  public var ignoredColumns: [String] = []

  public init(series: [Series]) { self.series = series }

  /// Reads a file, standard input (`-`) or a gzip file (`*.gz`), in chunks.
  ///
  /// - Parameter wideStep: Seconds from value to value of a file that has a row per series, 1 … 2³²
  ///   (others are clamped); nil refuses such files.
  public init(
    path: String, unit: Unit = .perSecond, wideStep: Int64? = nil
  ) throws(SeriesFileError) {
    let source = try ByteSource(path: path)
    var parser = SeriesFileParser(file: path, wideStep: wideStep)
    while true {
      let chunk = try source.read(1 << 18)
      if chunk.isEmpty { break }
      try parser.consume(chunk)
    }
    try self.init(finishing: &parser, file: path, unit: unit)
  }

  /// Reads bytes; `file` is how errors call them.
  public init(
    _ bytes: [UInt8], file: String = "-", unit: Unit = .perSecond, wideStep: Int64? = nil
  ) throws(SeriesFileError) {
    var parser = SeriesFileParser(file: file, wideStep: wideStep)
    try parser.consume(bytes)
    try self.init(finishing: &parser, file: file, unit: unit)
  }

  private init(
    finishing parser: inout SeriesFileParser, file: String, unit: Unit
  ) throws(SeriesFileError) {
    try parser.finish()
    let grid = SeriesGrid(file: file, rateName: parser.rateName, unit: unit)
    // A series of one row takes the spacing of the others.
    let own = parser.series.map { grid.resolution(of: $0) }
    let fallback = own.compactMap { $0 }.first
    series = []
    // Of many short series each may have its gaps, but not all of them at once.
    let limit = SeriesGrid.totalLimit(rows: parser.series.reduce(0) { $0 + $1.times.count })
    var cells = 0
    for (rows, resolution) in zip(parser.series, own) {
      guard let step = resolution ?? fallback else {
        throw SeriesFileError(
          file: file, line: rows.lines.first.map(Int.init), reason: .singleRow)
      }
      series.append(
        try grid.series(
          rows, resolution: step, hasQueue: parser.hasQueue, hasReady: parser.hasReady))
      cells += series.last?.rate.count ?? 0
      guard cells <= limit else {
        throw SeriesFileError(file: file, reason: .tooLong(cells: cells, limit: limit))
      }
    }
    ignoredColumns = parser.ignoredColumns
  }
}
