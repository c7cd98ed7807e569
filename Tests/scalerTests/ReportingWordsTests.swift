import Domain
import Simulation
import Testing

@testable import scaler

@Suite("The report's words")
struct ReportingWordsTests {
  @Test(
    "a duration has at most two units",
    arguments: [
      (0.0836, "83.6 ms"), (45, "45 s"), (345, "5 min 45 s"), (600, "10 min"),
      (15_600, "4 h 20 min"), (1_209_600, "14 d"), (90_061, "1 d 1 h"),
    ])
  func durations(seconds: Double, text: String) {
    #expect(Wording.seconds(seconds).replacing("\u{202F}", with: " ") == text)
  }

  @Test(
    "amounts are grouped by thousands",
    arguments: [(12.345, "12.3"), (999.6, "1 000"), (1_234_567, "1 234 567"), (-4321, "−4 321")])
  func amounts(value: Double, text: String) {
    #expect(Wording.amount(value).replacing("\u{202F}", with: " ") == text)
  }

  @Test(
    "an availability below one never reads as a hundred",
    arguments: [(1.0, "100 %"), (0.999_999, "> 99.999 %"), (0.978_559, "97.855 %")])
  func availability(share: Double, text: String) {
    #expect(Wording.availability(share).replacing("\u{202F}", with: " ") == text)
  }

  @Test("a burst is forecastable if one began at the same time of day before")
  func kinds() {
    func burst(_ hours: Double, announced: Bool = false) -> Burst {
      Burst(
        start: .seconds(hours * 3600), rise: .zero, hold: .seconds(600), fall: .zero,
        multiplier: 3, isAnnounced: announced)
    }
    let bursts = [burst(3), burst(5, announced: true), burst(27), burst(29.05), burst(30)]
    #expect(
      BurstKind.kinds(of: bursts) == [
        .surprise, .announced, .forecastable, .forecastable, .surprise,
      ])
  }

  @Test(
    "a word of the command is quoted as a shell needs it",
    arguments: [
      ("a/b-c.yaml", "a/b-c.yaml"), ("hybrid.violation <= 0.01", "'hybrid.violation <= 0.01'"),
      ("it's", "'it'\\''s'"), ("", "''"), ("$(x)", "'$(x)'"),
    ])
  func quoting(word: String, quoted: String) {
    #expect(ReportFile.quoted(word) == quoted)
  }
}
