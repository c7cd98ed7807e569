import Foundation
import Yams

/// A YAML or JSON file, read strictly: every value knows its place, so that every refusal names it.
///
/// Anchors and aliases are refused: they are how a small file becomes a huge one, and a value that
/// stands elsewhere is a value that its reader overlooks.
struct YAMLDocument {
  let file: String
  let root: YAMLField

  init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ConfigurationError(
        file: path, message: "cannot be read: \(Self.sentence(for: error)); check the path")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ConfigurationError(file: path, message: "is not UTF-8 text")
    }
    try self.init(text: text, file: path)
  }

  init(text: String, file: String) throws {
    self.file = file
    do {
      let parser = try Yams.Parser(yaml: text)
      guard let node = try parser.singleRoot() else {
        throw ConfigurationError(file: file, message: "is empty")
      }
      root = YAMLField(node: node, path: "", file: file)
      // The parser owns the anchors; without it the nodes forget that they had one.
      try withExtendedLifetime(parser) { try root.refuseAnchors() }
    } catch let error as YamlError {
      throw Self.refusal(of: error, file: file)
    }
  }

  private static func sentence(for error: any Error) -> String {
    let problem = error as NSError
    switch problem.code {
    case NSFileReadNoSuchFileError: return "no such file"
    case NSFileReadNoPermissionError: return "permission denied"
    default: return problem.localizedDescription
    }
  }

  private static func refusal(of error: YamlError, file: String) -> ConfigurationError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ConfigurationError(
        file: file, line: mark.line, column: mark.column, message: "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, _):
      let keys = duplicates.map { "\($0)" }.sorted().joined(separator: ", ")
      return ConfigurationError(file: file, message: "a key is given twice: \(keys)")
    default:
      return ConfigurationError(file: file, message: "is not YAML: \(error)")
    }
  }
}
