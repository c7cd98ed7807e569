public import Domain

/// A platform that can be asked what it would do with a command, with all of its own checks and
/// without any effect: what `scaler plan` shows.
public protocol RehearsingCloud: CloudAdapter {
  /// What `apply` would answer now. Nothing is changed.
  func rehearse(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome
}
