import Domain
import Yams

/// One value of a document, with its path and place.
struct YAMLField {
  let node: Node
  let path: String
  let file: String

  var place: ConfigurationPlace {
    ConfigurationPlace(file: file, line: node.mark?.line, column: node.mark?.column, path: path)
  }

  func refusal(_ message: String) -> ConfigurationError { place.refusal(message) }

  func refuseAnchors() throws {
    if node.anchor != nil {
      throw refusal("has an anchor (&…): write the value out where it is used")
    }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        try YAMLField(node: value, path: key.string ?? path, file: file).refuseAnchors()
      }
    case .sequence(let sequence):
      for element in sequence {
        try YAMLField(node: element, path: path, file: file).refuseAnchors()
      }
    default: break
    }
  }

  /// Whether it is one plain value, not a list or a mapping.
  var isScalar: Bool {
    if case .scalar = node { return true }
    return false
  }

  /// Whether it is a list.
  var isList: Bool {
    if case .sequence = node { return true }
    return false
  }

  /// The value under a key, before it is known which keys there may be.
  func value(under key: String) -> YAMLField? {
    node.mapping?[key].map { YAMLField(node: $0, path: "\(path).\(key)", file: file) }
  }

  /// The keys of a mapping with their lines, counted from 0; nil where several stand on one line.
  var keyLines: [(key: String, line: Int)]? {
    guard let mapping = node.mapping else { return nil }
    var keys: [(key: String, line: Int)] = []
    for (key, _) in mapping {
      guard let mark = key.mark, keys.last?.line != mark.line - 1 else { return nil }
      keys.append((key.string ?? "", mark.line - 1))
    }
    return keys
  }

  func text() throws -> String {
    guard case .scalar(let scalar) = node, node.null == nil else {
      throw refusal("must be a text")
    }
    return scalar.string
  }

  func number() throws -> Double {
    let text = try text()
    guard let number = Double(text), number.isFinite else {
      throw refusal("must be a number, not `\(text)`")
    }
    return number
  }

  /// A number above `low`.
  func number(above low: Double) throws -> Double {
    let number = try number()
    guard number > low else { throw refusal("must be more than \(low.shortText)") }
    return number
  }

  /// A number within `range`.
  func number(in range: ClosedRange<Double>) throws -> Double {
    let number = try number()
    guard range.contains(number) else {
      throw refusal(
        "must lie between \(range.lowerBound.shortText) and \(range.upperBound.shortText)")
    }
    return number
  }

  func integer(in range: ClosedRange<Int>) throws -> Int {
    let text = try text()
    guard let number = Int(text) else { throw refusal("must be a whole number, not `\(text)`") }
    guard range.contains(number) else {
      throw refusal("must lie between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  /// `true` or `false`; YAML's older yes/no/on/off are refused, since `no` is also a country.
  func flag() throws -> Bool {
    switch try text() {
    case "true": return true
    case "false": return false
    case let other: throw refusal("must be true or false, not `\(other)`")
    }
  }

  func duration() throws -> Duration {
    let text = try text()
    guard let duration = Duration(parsing: text) else {
      throw refusal("must be a duration such as 15s, 5m or 2d3h, not `\(text)`")
    }
    return duration
  }

  /// A duration of whole seconds, at least one.
  func wholeSeconds() throws -> Duration {
    let duration = try duration()
    guard duration >= .seconds(1), duration.components.attoseconds == 0 else {
      throw refusal("must be a whole number of seconds, at least 1s")
    }
    return duration
  }

  func timestamp() throws -> Timestamp {
    let text = try text()
    guard let time = Timestamp(parsing: text) else {
      throw refusal("must be a time such as 2026-11-27T08:00:00Z, not `\(text)`")
    }
    return time
  }

  /// One of a closed list.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type
  ) throws -> Choice {
    let text = try text()
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue)
      throw refusal("must be one of \(known.joined(separator: ", ")), not `\(text)`")
    }
    return choice
  }

  func list() throws -> [YAMLField] {
    guard case .sequence(let sequence) = node else { throw refusal("must be a list") }
    return sequence.enumerated().map { index, element in
      YAMLField(node: element, path: "\(path)[\(index)]", file: file)
    }
  }

  /// The entries of a mapping whose keys are names of the user's choosing, in their order.
  func named() throws -> [(name: String, field: YAMLField)] {
    guard case .mapping(let mapping) = node else { throw refusal("must be a mapping") }
    return try mapping.map { key, value in
      guard let name = key.string else { throw refusal("has a key that is not a text") }
      return (
        name, YAMLField(node: value, path: path.isEmpty ? name : "\(path).\(name)", file: file)
      )
    }
  }

  /// A mapping with a fixed set of keys; another key is refused with the nearest known one.
  func section(_ known: [String]) throws -> YAMLSection {
    guard case .mapping(let mapping) = node else {
      throw refusal("must be a mapping with some of the keys \(known.joined(separator: ", "))")
    }
    var fields: [String: YAMLField] = [:]
    for (key, value) in mapping {
      let name = key.string ?? ""
      guard known.contains(name) else {
        let nearest = known.nearest(to: name).map { "; did you mean `\($0)`?" } ?? ""
        throw ConfigurationError(
          file: file, line: key.mark?.line, column: key.mark?.column,
          message: "unknown key `\(path.isEmpty ? name : "\(path).\(name)")`\(nearest)"
            + " (known here: \(known.joined(separator: ", ")))")
      }
      if value.null != nil, case .scalar = value { continue }
      fields[name] = YAMLField(
        node: value, path: path.isEmpty ? name : "\(path).\(name)", file: file)
    }
    return YAMLSection(field: self, fields: fields)
  }
}

/// A mapping whose keys were checked.
struct YAMLSection {
  let field: YAMLField
  fileprivate let fields: [String: YAMLField]

  /// The value of a key, nil if it is absent or null.
  subscript(key: String) -> YAMLField? { fields[key] }

  func required(_ key: String) throws -> YAMLField {
    guard let value = fields[key] else { throw field.refusal("needs the key `\(key)`") }
    return value
  }
}

extension [String] {
  /// The entry with the fewest edits to `word`, if few enough to be a slip.
  func nearest(to word: String) -> String? {
    let ranked = map { (name: $0, edits: $0.edits(to: word)) }.min { $0.edits < $1.edits }
    guard let ranked, ranked.edits <= Swift.max(2, word.count / 3) else { return nil }
    return ranked.name
  }
}

extension String {
  /// Levenshtein distance.
  func edits(to other: String) -> Int {
    let target = Array(other)
    var row = Array(0...target.count)
    for (index, character) in self.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in 0..<target.count {
        let substituted = diagonal + (character == target[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = Swift.min(substituted, diagonal + 1, row[column] + 1)
      }
    }
    return row[target.count]
  }
}
