import Control
import Domain
import Logging
import Storage

extension ControlLoop {
  /// Competes for leadership as long as the loop runs. Every service starts as a follower: what the
  /// journal says of an earlier time does not count.
  func compete(by leadership: any Leadership) async {
    await leadership.run { token in await self.lead(under: token) }
  }

  /// Takes up or lays down the right to command.
  ///
  /// A new leader looks and decides at once: its predecessor may have died long before its lease
  /// ran out.
  func lead(under token: Int64?) async {
    board.noteLeadership(token)
    logger.notice(
      token.map { "this process leads, with fencing token \($0)" }
        ?? "this process follows: another one may command")
    await postToAll { .leadershipChanged(fencingToken: token, at: $0) }
    if token != nil { tick(order) }
  }

  /// What a process starts with: without leadership it always commands, with it not before it leads.
  func beginLeadership() async throws {
    if leadership != nil {
      try await store.setMeta(Self.competingKey, to: "yes")
      board.noteLeadership(nil)
      await postToAll { .leadershipChanged(fencingToken: nil, at: $0) }
    } else if try store.meta(Self.competingKey) != nil {
      // The last start may have ended as a follower, and nobody else would say that this is over.
      await postToAll { .leadershipChanged(fencingToken: 0, at: $0) }
      try await store.setMeta(Self.competingKey, to: nil)
    } else {
      // What the last start left with a platform is no longer known here, so it is left anew.
      let planned = order.filter { services[$0]?.policy.holdsPlans == true }
      await post(to: planned) { .leadershipChanged(fencingToken: 0, at: $0) }
    }
  }

  private static let competingKey = "leadership.competing"
}
