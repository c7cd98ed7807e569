/// Why measurements were not taken in although nothing is wrong with them. None of them was stored:
/// the sender should send them again.
public enum IngestFailure: Error, Sendable {
  /// More is waiting for the disk than should: 429.
  case overloaded
  /// The disk is full: 507.
  case full
}
