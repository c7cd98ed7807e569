import Charts
import Domain
import Simulation

/// A worst moment in plain words: what happened, why, and how bad it was.
struct MomentText {
  let moment: WorstMoment
  let world: SimulatedWorld
  /// Late and dropped requests of the whole run; nil where they were not added up.
  var total: Double?

  /// When it began and how long it lasted.
  var heading: String {
    let length = Double(moment.last - moment.first + 1) * world.grid.dt
    return "\(Wording.time(world.grid.time(at: moment.first))), \(Wording.seconds(length))"
  }

  var text: String { [cause, tightness, damage].joined(separator: " ") }

  private var cause: String {
    let reaction = Wording.seconds(
      Double(world.reactionSteps) * world.grid.dt)
    let rise =
      "demand rose from \(rate(moment.rateBefore)) to \(rate(moment.peakRate)) requests/s"
    return switch moment.cause {
    case .burst(announced: true):
      "An announced burst: \(rise)."
    case .burst(announced: false):
      "A burst that nobody had announced: \(rise), and new capacity takes \(reaction)."
    case .fault(.metricsLost):
      "The metrics were lost, so the policy could not see what arrived; \(rise)."
    case .fault(.bootSlow(let factor)):
      "New replicas took \(CompactNumber.text(factor)) times as long as usual to start; \(rise)."
    case .fault(.launchRefused):
      "The platform refused to start replicas; \(rise)."
    case .surge:
      "Demand itself surged: it rose from \(rate(moment.rateBefore)) to "
        + "\(rate(moment.peakRate)) requests/s, faster than new capacity comes (\(reaction))."
    case .shortage:
      "No surge and no fault: demand moved between \(rate(moment.rateBefore)) and "
        + "\(rate(moment.peakRate)) requests/s, and the policy held too little."
    }
  }

  private var tightness: String {
    let missing = moment.need - moment.ready
    guard missing > 0 else { return "As many replicas served as the rate needed." }
    return "At the tightest, \(moment.ready) of \(Wording.count(moment.need, "replica")) needed "
      + "served."
  }

  private var damage: String {
    var text =
      "\(Wording.amount(moment.violations.rounded())) requests were late or dropped"
    if let total, total > 0 {
      text += " (\(CompactNumber.percent(min(1, moment.violations / total))) of all that were)"
    }
    text += ", the queue reached \(CompactNumber.text(moment.peakQueue))"
    text +=
      moment.peakWait.isFinite
      ? " and the longest wait \(Wording.seconds(moment.peakWait))." : " and never drained."
    return text
  }

  private func rate(_ value: Double) -> String { CompactNumber.text(value) }
}
