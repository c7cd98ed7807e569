import Domain

/// Judges commitments on the futures of one target.
///
/// With a demand for D instances in an hour, price p for those that are not committed and r for those
/// that are, committing to C costs r·C + p·max(D − C, 0). The least expected cost is where P(D > C)
/// falls to r/p: the quantile of the hourly need at level 1 − r/p, which is the discount when
/// everything else is on demand. That is the newsvendor's rule; the property tests compare it with
/// trying every amount.
public struct CommitmentAnalyst: Sendable {
  private let need: HourlyNeed
  /// Hours of a month in the price lists of clouds.
  static let hoursPerMonth = 730.0

  /// - Parameters:
  ///   - spot: What is not committed is bought so; nil is on demand.
  ///   - existingUnits: Instances committed already; they serve first.
  public init(_ forecast: TargetForecast, spot: SpotTerms? = nil, existingUnits: Double = 0) {
    need = HourlyNeed(forecast, spot: spot, existing: max(0, existingUnits))
  }

  init(_ need: HourlyNeed) {
    self.need = need
  }

  /// The best amount of an offer, over all futures. O(hours · paths · log).
  public func analyse(_ offer: CommitmentOffer) -> CommitmentAnalysis {
    let best = optimum(offer)
    let optima = Sample((0..<need.paths).map { optimum(offer, path: $0) })
    var candidate = candidate(offer, units: best)
    candidate.isRecommended = true
    let meanPrice = need.prices.reduce(0, +) / Double(max(1, need.hours))
    return CommitmentAnalysis(
      offer: offer, best: candidate, unitsP10: optima.quantile(0.1),
      unitsP50: optima.quantile(0.5), unitsP90: optima.quantile(0.9),
      breakEvenUtilization: meanPrice > 0 ? rate(offer) / meanPrice : 1,
      breakEvenMonths: breakEvenMonths(offer, candidate), judgedHours: need.hours,
      termHours: Double(offer.termMonths) * Self.hoursPerMonth)
  }

  /// Amounts around the best one, ascending, for a table; the best one is marked.
  public func candidates(_ offer: CommitmentOffer, count: Int = 9) -> [CommitmentCandidate] {
    let best = optimum(offer)
    let top = max(best, need.quantile(0.99))
    var amounts = (1..<max(2, count)).map { top * Double($0) / Double(max(1, count - 1)) }
    amounts.removeAll { ($0 - best).magnitude < 0.02 * max(top, 1e-9) }
    amounts.append(best)
    return amounts.sorted().map { units in
      var candidate = candidate(offer, units: units)
      candidate.isRecommended = units == best
      return candidate
    }
  }

  /// What one amount of an offer brings.
  public func candidate(_ offer: CommitmentOffer, units: Double) -> CommitmentCandidate {
    var used = [Double](repeating: 0, count: need.paths)
    var (needed, saved, plain) = (used, used, used)
    let rate = rate(offer)
    for hour in 0..<need.hours {
      let price = need.prices[hour]
      for path in 0..<need.paths {
        let wanted = Double(need.units[hour * need.paths + path])
        let covered = min(wanted, units)
        used[path] += covered
        needed[path] += wanted
        saved[path] += price * covered - rate * units
        plain[path] += price * wanted
      }
    }
    let paid = units * Double(need.hours)
    let losses = saved.count { $0 < 0 }
    return CommitmentCandidate(
      units: units, hourlyCommitment: rate * units,
      utilization: Sample(used.map { paid > 0 ? $0 / paid : 1 }).outlook,
      coverage: Sample(zip(used, needed).map { $1 > 0 ? $0 / $1 : 0 }).outlook,
      savings: Sample(saved).outlook, onDemandCostEquivalent: Sample(plain).mean,
      probabilityOfLoss: Double(losses) / Double(max(1, need.paths)), isRecommended: false)
  }

  /// For each amount up to what is hardly ever needed: how much one more instance is used, and saves.
  public func marginalCurve(_ offer: CommitmentOffer, points: Int = 101) -> [MarginalUnit] {
    let rate = rate(offer)
    let top = need.quantile(0.999)
    let total = need.prices.reduce(0, +) * Double(need.paths)
    let cells = Double(max(1, need.hours * need.paths))
    return (0..<max(2, points)).map { point in
      let units = top * Double(point) / Double(max(1, points - 1))
      var (count, value) = (0.0, 0.0)
      for hour in 0..<need.hours {
        for place in (hour * need.paths)..<((hour + 1) * need.paths)
        where Double(need.units[place]) > units {
          count += 1
          value += need.prices[hour]
        }
      }
      return MarginalUnit(
        units: units, utilization: count / cells,
        saving: total > 0 ? value / cells - rate : 0)
    }
  }

  /// Instances needed by share of the hours, highest first: the duration curve of each future, and
  /// the spread of those.
  public func durationCurve(points: Int = 101) -> [DurationPoint] {
    let curves = (0..<need.paths).map { path in
      Sample((0..<need.hours).map { Double(need.units[$0 * need.paths + path]) })
    }
    return (0..<max(2, points)).map { point in
      let share = Double(point) / Double(max(1, points - 1))
      let sample = Sample(curves.map { $0.quantile(1 - share) })
      return DurationPoint(
        share: share, p10: sample.quantile(0.1), p50: sample.quantile(0.5),
        p90: sample.quantile(0.9))
    }
  }

  /// Money per committed instance and hour.
  private func rate(_ offer: CommitmentOffer) -> Double {
    (1 - min(max(offer.discount, 0), 1)) * need.listPrice
  }

  /// The amount of the least expected cost; whole instances where the offer counts them.
  private func optimum(_ offer: CommitmentOffer, path: Int? = nil) -> Double {
    let meanPrice = need.prices.reduce(0, +) / Double(max(1, need.hours))
    guard meanPrice > 0 else { return 0 }
    let level = 1 - rate(offer) / meanPrice
    guard level > 0 else { return 0 }
    let exact = need.quantile(level, path: path)
    guard offer.kind != .savingsPlan else { return exact }
    // The cost is convex, so the best whole number is next to the best number.
    let (low, high) = (exact.rounded(.down), exact.rounded(.up))
    return cost(offer, high, path) < cost(offer, low, path) ? high : low
  }

  private func cost(_ offer: CommitmentOffer, _ units: Double, _ path: Int?) -> Double {
    let rate = rate(offer)
    let paths = path.map { $0..<($0 + 1) } ?? 0..<need.paths
    var sum = 0.0
    for hour in 0..<need.hours {
      for path in paths {
        let wanted = Double(need.units[hour * need.paths + path])
        sum += rate * units + need.prices[hour] * max(0, wanted - units)
      }
    }
    return sum
  }

  private func breakEvenMonths(
    _ offer: CommitmentOffer, _ candidate: CommitmentCandidate
  ) -> Double? {
    let share = offer.upfrontShare
    guard share > 0, candidate.units > 0, need.hours > 0 else { return nil }
    let term = Double(offer.termMonths) * Self.hoursPerMonth
    let ahead = share * candidate.hourlyCommitment * term
    let perHour =
      candidate.savings.mean / Double(need.hours) + share * candidate.hourlyCommitment
    guard perHour > 0 else { return nil }
    let months = ahead / perHour / Self.hoursPerMonth
    return months <= Double(offer.termMonths) ? months : nil
  }
}
