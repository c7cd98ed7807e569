import Domain

/// The members of one sample while they are read.
struct SampleFields {
  struct Refusal: Error {
    let reason: String
  }

  private var service: Result<ServiceID, Refusal>?
  private var metric: Result<Sample.Metric, Refusal>?
  private var time: Result<Timestamp, Refusal>?
  private var value: Result<Double, Refusal>?
  private var isRepeated = false

  /// Members that it does not know are skipped: senders may say more than we need.
  mutating func read(_ name: String, _ reader: inout JSONReader) throws {
    switch name {
    case "service":
      isRepeated = isRepeated || service != nil
      service = try Self.text(&reader).flatMap(ServiceID.init).orRefuse("bad_service")
    case "metric":
      isRepeated = isRepeated || metric != nil
      metric = try Self.text(&reader).flatMap(Sample.Metric.init).orRefuse("unknown_metric")
    case "timestamp":
      isRepeated = isRepeated || time != nil
      time = try Self.time(&reader).orRefuse("bad_timestamp")
    case "value":
      isRepeated = isRepeated || value != nil
      value = try Self.number(&reader).orRefuse("bad_value")
    default:
      try reader.skip()
    }
  }

  var sample: Result<Sample, Refusal> {
    if isRepeated { return .failure(Refusal(reason: "repeated_member")) }
    guard let service else { return .failure(Refusal(reason: "missing_service")) }
    guard let metric else { return .failure(Refusal(reason: "missing_metric")) }
    guard let time else { return .failure(Refusal(reason: "missing_timestamp")) }
    guard let value else { return .failure(Refusal(reason: "missing_value")) }
    return Result { () throws(Refusal) -> Sample in
      Sample(
        service: try service.get(), metric: try metric.get(), time: try time.get(),
        value: try value.get())
    }
  }

  private static func text(_ reader: inout JSONReader) throws -> String? {
    guard try reader.peek() == .string else {
      try reader.skip()
      return nil
    }
    return try reader.string()
  }

  private static func number(_ reader: inout JSONReader) throws -> Double? {
    guard try reader.peek() == .number else {
      try reader.skip()
      return nil
    }
    return try reader.number()
  }

  /// RFC 3339 or Unix seconds, as a text or as a number.
  private static func time(_ reader: inout JSONReader) throws -> Timestamp? {
    if try reader.peek() == .string { return Timestamp(parsing: try reader.string()) }
    guard let seconds = try number(&reader),
      seconds >= Double(Timestamp.earliest.seconds), seconds <= Double(Timestamp.latest.seconds)
    else { return nil }
    return Timestamp(seconds: Int64(seconds.rounded(.down)))
  }
}

extension Optional {
  fileprivate func orRefuse(_ reason: String) -> Result<Wrapped, SampleFields.Refusal> {
    map(Result.success) ?? .failure(SampleFields.Refusal(reason: reason))
  }
}
