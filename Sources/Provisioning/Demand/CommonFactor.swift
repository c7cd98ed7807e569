public import Domain

/// What the days of several services have in common: one factor that moves all of them, each by its
/// own loading.
public struct CommonFactor: Sendable, Equatable {
  /// Per service, the correlation of its unexpected days with the factor.
  public let loadings: [ServiceID: Double]
  /// Mean correlation of the unexpected days of two services.
  public let correlation: Double
  /// Days on which at least two services are known.
  public let days: Int
  /// Whether the correlation is more than chance: two standard errors above none.
  public let isSupported: Bool

  /// Days of the past that are compared.
  public static let comparedDays = 90

  /// Correlation of the service with the factor: its own, or for one that was not compared that of
  /// two usual services, so that a large fleet can be learnt from a sample. 0 if there is no factor.
  public func loading(of service: ServiceID) -> Double {
    isSupported ? loadings[service] ?? max(0, correlation).squareRoot() : 0
  }

  /// Learns from the unexpected part of each service's days.
  ///
  /// - Complexity: O(services · days).
  public static func estimate(_ services: [(id: ServiceID, outlook: DemandOutlook)]) -> CommonFactor
  {
    let shocks = services.map { $0.outlook.shocks(last: comparedDays).sorted { $0.key < $1.key } }
    var sums: [Int64: (sum: Double, count: Double)] = [:]
    for series in shocks {
      for (day, shock) in series {
        let entry = sums[day] ?? (0, 0)
        sums[day] = (entry.sum + shock, entry.count + 1)
      }
    }
    // Products of different services only: the square of the sum less the sum of squares.
    var squares: [Int64: Double] = [:]
    for series in shocks {
      for (day, shock) in series { squares[day, default: 0] += shock * shock }
    }
    var (product, pairs, own, single) = (0.0, 0.0, 0.0, 0.0)
    let days = sums.keys.sorted()
    for day in days {
      guard let entry = sums[day], let square = squares[day] else { continue }
      own += square
      single += entry.count
      guard entry.count >= 2 else { continue }
      product += entry.sum * entry.sum - square
      pairs += entry.count * (entry.count - 1)
    }
    let used = days.count { (sums[$0]?.count ?? 0) >= 2 }
    let variance = single > 0 ? own / single : 0
    let correlation =
      pairs > 0 && variance > 0 ? min(max(product / pairs / variance, -1), 1) : 0
    // With no correlation, the mean of n independent series over t days has this spread.
    let size = Double(max(1, services.count - 1))
    let error = used > 0 ? (2 / Double(used)).squareRoot() / size : 1
    var loadings: [ServiceID: Double] = [:]
    let common = max(correlation, 0).squareRoot()
    for (service, series) in zip(services, shocks) where common > 0 {
      var (with, alone) = (0.0, 0.0)
      for (day, shock) in series {
        guard let entry = sums[day], entry.count >= 2 else { continue }
        with += shock * (entry.sum - shock) / (entry.count - 1)
        alone += 1
      }
      guard alone > 0 else { continue }
      loadings[service.id] = min(max(with / alone / variance / common, -0.95), 0.95)
    }
    return CommonFactor(
      loadings: loadings, correlation: correlation, days: used,
      isSupported: used >= 14 && correlation > 2 * error)
  }
}
