import Domain

/// The labels of one series as text.
struct RemoteWriteLabels: Equatable {
  /// In the order of the message.
  private(set) var pairs: [(name: String, value: String)] = []

  /// - Throws: for text that is not UTF-8.
  init(_ ranges: [Range<Int>], in bytes: UnsafeRawBufferPointer) throws(RemoteWriteDefect) {
    for range in ranges {
      let label = try RemoteWriteMessage.label(range, in: bytes)
      guard let name = String(validating: bytes[label.name], as: UTF8.self),
        let value = String(validating: bytes[label.value], as: UTF8.self)
      else { throw RemoteWriteDefect("a label is not UTF-8", at: range.lowerBound) }
      pairs.append((name, value))
    }
  }

  subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// The names of labels whose values differ, sorted.
  func differences(from other: RemoteWriteLabels) -> [String] {
    Set((pairs + other.pairs).map(\.name)).filter { self[$0] != other[$0] }.sorted()
  }

  /// As Prometheus writes it: `rate{service="web"}`.
  var description: String {
    let others = pairs.filter { $0.name != "__name__" }.map { name, value in
      let escaped = value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
      return "\(name)=\"\(escaped)\""
    }
    return "\(self["__name__"] ?? ""){\(others.joined(separator: ","))}"
  }

  static func == (left: RemoteWriteLabels, right: RemoteWriteLabels) -> Bool {
    left.pairs.elementsEqual(right.pairs) { $0 == $1 }
  }
}
