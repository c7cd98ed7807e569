import ArgumentParser
import Simulation

struct Kinds: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "kinds",
    abstract: "List the kinds of clouds, sources and policies that files may name.")

  enum Family: String, ExpressibleByArgument, CaseIterable { case clouds, sources, policies }

  @Argument(help: "clouds, sources or policies; default: all.")
  var family: Family?

  @OptionGroup var output: OutputOptions

  private struct Kind: Encodable {
    var family: String
    var kind: String
    var what: String
  }

  func perform() async throws {
    let families = family.map { [$0] } ?? Family.allCases
    let kinds = families.flatMap { family in
      Self.catalogue(of: family).map {
        Kind(family: family.rawValue, kind: $0.kind, what: $0.what)
      }
    }
    let table = TextTable(
      columns: [
        .init(name: "family", title: "FAMILY"), .init(name: "kind", title: "KIND"),
        .init(name: "what", title: "WHAT IT DOES"),
      ],
      rows: kinds.map { [$0.family, $0.kind, $0.what] })
    try output.write(table) { try kinds.jsonText() }
  }

  private static func catalogue(of family: Family) -> [(kind: String, what: String)] {
    switch family {
    case .clouds: CloudConfiguration.catalogue
    case .sources: SourceConfiguration.catalogue
    case .policies: PolicyKind.allCases.map { (kind: $0.rawValue, what: $0.summary) }
    }
  }
}
