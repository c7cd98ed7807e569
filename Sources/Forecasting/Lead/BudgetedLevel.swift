/// Chooses the level of the demand quantile so that a budget of late requests is spent evenly over its
/// window and not exceeded: the least cost, since each halving of the violations costs about the
/// same.
///
/// What may still be spent, over what is still to come, is the share of late requests to aim at. How
/// many requests come late per unit of 1 − q depends on the service (0.2 to 2.4 on the traces
/// measured, at a budget of 1 %), so it is learnt from what happened, starting at one. Two reserves
/// keep the budget from being overrun: what shortfalls cost that no level prevents, and towards the
/// window's end, what is left is not spent as if the days that remain were like those before: an odd
/// one takes several times its share, most of all at a level that was lowered just before.
///
/// The level moves in hours and days; it is no reaction to a burst.
public struct BudgetedLevel: Sendable, Equatable {
  /// The share of requests that may come late over the window.
  public let budget: Double
  /// The share of the window that one shortfall lasts: until an order that answers it has worked off
  /// what waits.
  public let episode: Double

  /// The level in force.
  public private(set) var level: Double
  /// Passed so far, in windows; 1 once the first has passed.
  public private(set) var elapsed = 0.0
  /// Requests within the window. From its end on, what lies back is forgotten with the window as
  /// time constant; the same is true of the two below.
  public private(set) var arrivals = 0.0
  /// Late requests.
  public private(set) var late = 0.0
  /// Late requests of the shortfall that is on, or of the last one.
  public private(set) var shortfall = 0.0
  /// Those of the largest shortfall; forgotten as the sums are.
  public private(set) var largestShortfall = 0.0
  /// Whether the newest requests were late.
  public private(set) var isShort = false
  /// Requests times 1 − level: as many would be late if the level were their share.
  public private(set) var nominal = 0.0

  /// The level's complement stays within these multiples of the budget.
  public static let complements = 0.2...10.0
  /// It may fall this low when what was aimed at is spent already.
  public static let smallestComplement = 0.05
  /// Shortfalls whose cost is kept back, where they take no more than a part of the budget; one of them
  /// is kept back anyhow.
  static let reservedEpisodes = 2.0
  static let reservedPart = 1.0 / 8
  /// How much the first guess of one late request per nominal one counts, in budgets.
  static let priorWeight = 0.3
  /// Over- and underspending are made good within this part of a window; what remains of the first
  /// one is never taken to be shorter: with a tenth, one odd day at the end took several times its
  /// share.
  static let horizon = 0.25

  /// - Parameters:
  ///   - budget: Share of requests, clamped into 1e-6 … 0.5.
  ///   - episode: Share of the window, clamped into 0 … 1.
  public init(budget: Double, episode: Double) {
    self.budget = budget.isNaN ? 0.5 : min(max(budget, 1e-6), 0.5)
    self.episode = episode.isNaN ? 0 : min(max(episode, 0), 1)
    level = 0
    level = 1 - complement(aim: aim, lateness: 1)
  }

  /// Counts what happened since the last call, and moves the level.
  ///
  /// - Parameters:
  ///   - arrivals: Requests, ≥ 0. Unknown is not zero: leave an unknown tick out, but pass its time
  ///     with `observe(arrivals: 0, late: 0, elapsed:)`.
  ///   - late: Those of them that came late.
  ///   - elapsed: Time passed, as a share of the window.
  public mutating func observe(arrivals: Double, late: Double, elapsed: Double) {
    guard arrivals.isFinite, late.isFinite, elapsed.isFinite, arrivals >= 0, late >= 0, elapsed >= 0
    else { return }
    if self.elapsed >= 1 {
      let kept = max(0, 1 - elapsed)
      self.arrivals *= kept
      self.late *= kept
      nominal *= kept
      largestShortfall *= kept
    }
    self.elapsed = min(1, self.elapsed + elapsed)
    self.arrivals += arrivals
    self.late += min(late, arrivals)
    nominal += arrivals * (1 - level)
    if arrivals > 0 { track(min(late, arrivals)) }
    adapt()
  }

  /// The share of the whole window's budget that is spent, at the load seen so far.
  public var spentShare: Double {
    arrivals > 0 ? spent / budget : 0
  }

  /// Late requests so far as a share of the requests of a whole window at the load seen so far.
  private var spent: Double { late * elapsed / arrivals }

  /// Late requests per nominal one, as learnt so far, without the largest shortfall: a flash crowd that
  /// no level prevents says nothing of what a level does.
  public var lateness: Double {
    guard elapsed > 0 else { return 1 }
    let prior = Self.priorWeight * aim * arrivals / elapsed
    let usual = max(0, late - largestShortfall) + prior
    return nominal + prior > 0 ? usual / (nominal + prior) : 1
  }

  /// A shortfall lasts as long as requests are late without a break.
  private mutating func track(_ late: Double) {
    if late > 0, !isShort { shortfall = 0 }
    isShort = late > 0
    shortfall += late
    largestShortfall = max(largestShortfall, shortfall)
  }

  /// The share of late requests over a whole window that is aimed at: the reserved shortfalls below the
  /// budget, if it holds more than that.
  private var aim: Double {
    let reserve = min(
      Self.reservedEpisodes * episode, max(episode, Self.reservedPart * budget))
    return max(budget - reserve, budget / 4)
  }

  private mutating func adapt() {
    guard arrivals > 0, elapsed > 0 else { return }
    let share: Double
    if elapsed < 1 {
      share = (aim - spent) / max(1 - elapsed, Self.horizon)
    } else {
      share = aim + (aim - late / arrivals) / Self.horizon
    }
    level = 1 - complement(aim: share, lateness: lateness)
  }

  private func complement(aim: Double, lateness: Double) -> Double {
    let range = Self.complements
    let wanted = lateness > 0 ? aim / lateness : range.upperBound * budget
    let least = aim > 0 ? range.lowerBound : Self.smallestComplement
    return min(max(wanted, least * budget), range.upperBound * budget, 0.5)
  }
}

extension BudgetedLevel {
  private static let stateTag: UInt8 = 0x42

  /// Writes everything; `init(from:)` gives back a value that is equal to the bit.
  public func writeState(to writer: inout StateWriter) {
    writer.write(tag: Self.stateTag, version: 2)
    writer.write(budget)
    writer.write(episode)
    writer.write(level)
    writer.write(elapsed)
    writer.write(arrivals)
    writer.write(late)
    writer.write(nominal)
    writer.write(shortfall)
    writer.write(largestShortfall)
    writer.write(isShort)
  }

  /// - Throws: `StateError`, also when a part is not finite or out of range.
  public init(from reader: inout StateReader) throws(StateError) {
    let version = try reader.read(tag: Self.stateTag, versions: 1...2)
    self.init(budget: try reader.readDouble(), episode: try reader.readDouble())
    level = try reader.readDouble()
    elapsed = try reader.readDouble()
    arrivals = try reader.readDouble()
    late = try reader.readDouble()
    nominal = try reader.readDouble()
    // The first version knew no shortfalls.
    if version > 1 {
      shortfall = try reader.readDouble()
      largestShortfall = try reader.readDouble()
      isShort = try reader.readBool()
    }
    guard (0...1).contains(level), (0...1).contains(elapsed), arrivals >= 0, arrivals.isFinite,
      (0...arrivals).contains(late), (0...arrivals).contains(nominal), shortfall >= 0,
      shortfall.isFinite, largestShortfall >= 0, largestShortfall.isFinite
    else { throw .inconsistent("a budget's sums are out of range") }
  }
}
