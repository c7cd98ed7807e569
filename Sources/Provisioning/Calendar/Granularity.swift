/// How long the periods of a table are. The raw values are those of exported files.
public enum Granularity: String, Sendable, CaseIterable, Codable {
  case hour, day, month
}
