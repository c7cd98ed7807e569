/// What a caller of `/v1/export/…` asks, as written; whoever answers reads and refuses it.
public struct ExportQuestion: Sendable, Equatable {
  public enum Table: String, Sendable, CaseIterable {
    case forecast
    case commitments
  }

  public enum Format: String, Sendable, CaseIterable {
    case csv
    case ndjson
    case json
  }

  public var table: Table
  public var format: Format
  public var horizon: String?
  public var granularity: String?
  public var timezone: String?
  public var at: String?
  public var growth: [String]
  public var services: [String]
  public var include: String?

  public init(
    table: Table, format: Format, horizon: String? = nil, granularity: String? = nil,
    timezone: String? = nil, at: String? = nil, growth: [String] = [], services: [String] = [],
    include: String? = nil
  ) {
    self.table = table
    self.format = format
    self.horizon = horizon
    self.granularity = granularity
    self.timezone = timezone
    self.at = at
    self.growth = growth
    self.services = services
    self.include = include
  }
}

/// A table on its way: known to be answerable, not yet computed.
public struct ExportStream: Sendable {
  /// Of the file that a browser saves it as.
  public var fileName: String
  public var mediaType: String
  /// Computes the table and hands over its bytes in order; waits where the reader is slow. An error
  /// after the first bytes cuts the answer short, which the reader notices.
  public var write: @Sendable (_ sink: ([UInt8]) async throws -> Void) async throws -> Void

  public init(
    fileName: String, mediaType: String,
    write: @escaping @Sendable (_ sink: ([UInt8]) async throws -> Void) async throws -> Void
  ) {
    self.fileName = fileName
    self.mediaType = mediaType
    self.write = write
  }
}

/// Why a table is not given, named for what the caller does next.
public enum ExportRefusal: Error, Sendable, Equatable {
  /// Ask differently.
  case badParameter(name: String, detail: String)
  case unknownService(String)
  /// Load or wait for history.
  case tooLittleHistory(String)
  /// Configure a price.
  case noPrice(String)
  /// Ask again when the export under way is through.
  case busy
  /// This server makes no exports.
  case unavailable
}
