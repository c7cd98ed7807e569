import Domain

/// Why there is no forecast of a service's need.
public enum ProvisioningError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Less than two days of known demand.
  case tooLittleHistory(service: String, knownHours: Int)
  /// A horizon, count or factor that makes no sense.
  case invalidRequest(String)
  /// What the simulator refuses.
  case notSimulated(service: String, reason: String)

  public var description: String {
    switch self {
    case .tooLittleHistory(let service, let hours):
      "\(service): \(hours) hours of known demand; a forecast of the need takes at least 48."
    case .invalidRequest(let reason): reason
    case .notSimulated(let service, let reason): "\(service): \(reason)"
    }
  }
}
