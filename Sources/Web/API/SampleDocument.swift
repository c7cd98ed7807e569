import Domain

/// The body of `POST /v1/samples`, read once, with what is wrong in it kept per sample.
struct SampleDocument {
  /// What can be stored, each with its index in the body.
  var samples: [(index: Int, sample: Sample)] = []
  var rejected: [Rejection] = []

  struct Rejection: Equatable {
    let index: Int
    let reason: String
  }

  static let limit = 100_000

  init(samples: [(index: Int, sample: Sample)], rejected: [Rejection]) {
    self.samples = samples
    self.rejected = rejected
  }

  /// - Throws: `JSONError` where the text is not JSON of the expected outline; a sample that is JSON
  ///   but makes no sense is rejected by itself.
  init(parsing bytes: [UInt8]) throws {
    var reader = JSONReader(bytes)
    var hasSamples = false
    guard try reader.peek() == .object else {
      throw JSONError(offset: reader.offset, reason: "an object with \"samples\" was expected")
    }
    try reader.object { name, reader in
      guard name == "samples" else { return try reader.skip() }
      guard !hasSamples else {
        throw JSONError(offset: reader.offset, reason: "\"samples\" stands twice")
      }
      hasSamples = true
      guard try reader.peek() == .array else {
        throw JSONError(offset: reader.offset, reason: "\"samples\" must be an array")
      }
      try reader.array { index, reader in
        guard index < Self.limit else {
          throw JSONError(
            offset: reader.offset, reason: "more than \(Self.limit) samples; send several requests")
        }
        try add(index, &reader)
      }
    }
    try reader.end()
    guard hasSamples else {
      throw JSONError(offset: reader.offset, reason: "\"samples\" is missing")
    }
  }

  private mutating func add(_ index: Int, _ reader: inout JSONReader) throws {
    guard try reader.peek() == .object else {
      try reader.skip()
      rejected.append(Rejection(index: index, reason: "not_an_object"))
      return
    }
    var fields = SampleFields()
    try reader.object { name, reader in try fields.read(name, &reader) }
    switch fields.sample {
    case .success(let sample): samples.append((index, sample))
    case .failure(let refusal): rejected.append(Rejection(index: index, reason: refusal.reason))
    }
  }
}
