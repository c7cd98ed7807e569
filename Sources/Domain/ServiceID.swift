/// The name of a scaled service: 1 to 200 characters of `A-Z a-z 0-9 . _ : / -`.
public struct ServiceID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let name: String

  /// Nil if the name is empty, longer than 200 characters or holds any other character, so that a
  /// service's name can stand in a log line, a URL and a label as it is.
  public init?(_ name: String) {
    guard (1...200).contains(name.utf8.count), name.utf8.allSatisfy(Self.isAllowed) else {
      return nil
    }
    self.name = name
  }

  public var description: String { name }

  public static func < (left: ServiceID, right: ServiceID) -> Bool { left.name < right.name }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "._:/-".utf8.contains(byte)
    }
  }
}

extension ServiceID: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = ServiceID(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a service name: \(text)"))
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
