import Charts
import Domain
import Simulation

/// A worst moment in plain words: what happened, why, and how bad it was.
struct MomentText {
  let moment: WorstMoment
  let material: ReportMaterial
  /// The run that it belongs to; the lead's if nil.
  var playback: Playback?

  var text: String { [cause, tightness, damage].joined(separator: " ") }

  private var cause: String {
    let reaction = Wording.seconds(
      Double(material.world.reactionSteps) * material.grid.dt)
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
    let playback = playback ?? material.lead
    let total = playback.whole.buckets.reduce(0) { $0 + $1.violations }
    var text =
      "\(Wording.amount(moment.violations.rounded())) requests were late or dropped"
    if total > 0 {
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
