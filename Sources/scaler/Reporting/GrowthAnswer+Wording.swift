import Domain
import Simulation

extension GrowthAnswer {
  /// `3 times`, `from 1 to 3 times over 7 d`.
  var traffic: String {
    growth.from == growth.to || growth.over == .zero
      ? "\(growth.to.shortText)\u{202F}× the traffic"
      : "traffic that grows from \(growth.from.shortText)\u{202F}× to "
        + "\(growth.to.shortText)\u{202F}× within \(Wording.seconds(growth.over))"
  }
}
