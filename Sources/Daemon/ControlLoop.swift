public import Control
public import Domain
public import Logging
public import Storage

/// The live driver: feeds every service's `Autoscaler` from the world and performs its effects.
///
/// Events are processed in batches. A batch is on the disk before any of it is handled, and its
/// decisions and the intents of their commands are on the disk before any command leaves. What
/// arrives while a batch is being written joins the next one, so one fsync serves all services of a
/// tick, and a slow disk makes batches larger instead of queues longer.
public actor ControlLoop {
  var wiring: Wiring
  let store: Store
  let clock: any DaemonClock
  let logger: Logger
  /// Nil where this process is the only one.
  let leadership: (any Leadership)?
  var observer: Observer { Observer(wiring: wiring) }
  var sender: CommandSender { CommandSender(wiring: wiring, clock: clock, leadership: leadership) }
  let fits: FitQueue
  /// Told of everything that a page or a metric shows.
  let board: StatusBoard

  var autoscalers: [ServiceID: Autoscaler] = [:]
  var services: [ServiceID: ServiceWiring] = [:]
  /// Service names in order: nothing that reaches a result may depend on a dictionary's order.
  var order: [ServiceID] = []
  var nextTick: [ServiceID: Timestamp] = [:]
  var nextSnapshot: [ServiceID: Timestamp] = [:]
  /// Services whose observation is under way.
  var observing: Set<ServiceID> = []
  var lagMeters: [ServiceID: LagMeter] = [:]
  /// Sources whose lag is being looked at.
  var measuring: Set<String> = []
  /// What of each service's past its source still has to be asked for.
  var gaps: [ServiceID: HistoryGaps] = [:]
  var backfills = BackfillQueue()
  /// Observed samples of the last minutes that the store could not take.
  var unsaved: [Sample] = []
  /// Fits that wait until the store takes models again.
  var postponed: [JournalledEvent] = []
  /// Whether what is in the store's reserve is being moved.
  var isRestoring = false
  var breaker = FleetBreaker()
  /// The journal's newest entry that each autoscaler has handled.
  var handled: [ServiceID: Int64] = [:]

  var mailbox: [JournalledEvent] = []
  /// Observations that wait for the mailbox, in which the fleet is judged first.
  private var arrived: [JournalledEvent] = []
  /// Empties the mailbox; nil while it is empty.
  private var processing: Task<Void, Never>?
  private var outstanding: [Int: Task<Void, Never>] = [:]
  private var nextTask = 0

  public static let snapshotInterval: Duration = .seconds(3600)

  public init(
    wiring: Wiring, store: Store, clock: any DaemonClock, board: StatusBoard, logger: Logger,
    leadership: (any Leadership)? = nil
  ) {
    self.wiring = wiring
    self.store = store
    self.clock = clock
    self.board = board
    self.logger = logger
    self.leadership = leadership
    fits = FitQueue(threads: .shared)
  }

  /// Recovers, then ticks until the task is cancelled.
  ///
  /// - Throws: a `StoreError` once the store cannot be trusted until it is opened again: whoever
  ///   supervises the process starts it anew. Meanwhile the fleets stay as they are.
  public func run() async throws {
    do {
      try await recover()
      try await beginLeadership()
    } catch let error as StoreError {
      store.noteDamage(error)
      if case .damaged = error {
        logger.error("the past cannot be read; the next start puts the store aside: \(error)")
      }
      throw error
    }
    try await withThrowingTaskGroup { group in
      group.addTask { try await self.keepTicking() }
      if let leadership { group.addTask { await self.compete(by: leadership) } }
      try await group.next()
      group.cancelAll()
    }
  }

  private func keepTicking() async throws {
    while !Task.isCancelled {
      guard let next = nextTick.values.min() else {
        try await clock.sleep(until: clock.now + .seconds(60))
        continue
      }
      try await clock.sleep(until: next)
      if let failure = store.failure { throw failure }
      let now = clock.now
      tick(order.filter { (nextTick[$0] ?? .latest) <= now })
      startBackfills()
      startRestoring()
    }
  }

  /// Takes an event from elsewhere: a fit, an outcome, an operator's word. Returns once it is on
  /// the disk and handled, or could not be.
  public func post(_ event: Event, for service: ServiceID) async {
    await post([JournalledEvent(service, event)])
  }

  /// One event for every service, on the disk in one go.
  func postToAll(_ event: (Timestamp) -> Event) async { await post(to: order, event) }

  /// The same for some of them; nothing happens where there are none.
  func post(to services: [ServiceID], _ event: (Timestamp) -> Event) async {
    let now = clock.now
    await post(services.map { JournalledEvent($0, event(now)) })
  }

  func post(_ events: [JournalledEvent]) async {
    mailbox += events
    await drain()
  }

  /// Waits for the commands and fits that are under way, and for what follows from them.
  public func settle() async {
    while let (_, task) = outstanding.first {
      await task.value
    }
  }

  /// Ends the loop's work: what is under way gets half a second, then the state is saved.
  public func stop() async {
    backfills.close()
    _ = await Deadline.run(.milliseconds(500)) { await self.settle() }
    await saveSnapshots(at: clock.now, all: true)
  }

  /// Takes in what was observed. Returns once it is on the disk and handled, or could not be.
  func take(observed events: [JournalledEvent]) async {
    arrived += events
    await drain()
  }

  /// Returns once all that is in the mailbox is on the disk and handled.
  private func drain() async {
    // A task of its own: what was taken out of the mailbox is finished even if the caller's task is
    // cancelled meanwhile, for a cancelled task cannot write to the store.
    let task = processing ?? Task { await processMailbox() }
    processing = task
    await task.value
  }

  private func processMailbox() async {
    while !mailbox.isEmpty || !arrived.isEmpty {
      let batch = mailbox + judgeFleet(seeing: arrived) + arrived
      mailbox = []
      arrived = []
      await process(batch)
    }
    processing = nil
  }

  private func process(_ batch: [JournalledEvent]) async {
    var known = batch.filter { autoscalers[$0.service] != nil }
    guard !known.isEmpty else { return }
    let first: Int64
    do {
      first = try await record(&known)
    } catch {
      board.storeFailed(error.description)
      logger.error("events not journalled, holding: \(error)")
      // Nothing is taken any more until the store was opened again.
      guard store.failure == nil else { return }
      // What the next tick sees or says anew is worth nothing later; what else happened must not be
      // lost.
      mailbox = known.filter { !$0.event.isOfItsTick } + mailbox
      await pauseBeforeRetry()
      return
    }
    var decisions: [Decision] = []
    var commands: [ScaleCommand] = []
    var plans: [FloorPlan] = []
    var requests: [FitRequest] = []
    for (offset, entry) in known.enumerated() {
      let before = autoscalers[entry.service].map(ForecastSigns.init)
      let effects = autoscalers[entry.service]?.handle(entry.event) ?? []
      handled[entry.service] = first + Int64(offset)
      for effect in effects {
        switch effect {
        case .record(let decision): decisions.append(decision)
        case .scale(let command): commands.append(command)
        case .plan(let plan): plans.append(plan)
        case .fit(let request): requests.append(request)
        }
      }
      if let autoscaler = autoscalers[entry.service] {
        board.note(autoscaler, of: entry.service)
        for line in ForecastSigns(autoscaler).changes(since: before) {
          logger.notice("\(entry.service): \(line)")
        }
      }
    }
    await act(decisions, commands)
    for plan in plans { start { await $0.leave(plan) } }
    for request in requests { start { await $0.fit(request) } }
  }

  /// Records, then sends.
  private func act(_ decisions: [Decision], _ commands: [ScaleCommand]) async {
    guard !decisions.isEmpty else { return }
    do {
      try await record(decisions, commands)
    } catch {
      board.storeFailed(error.description)
      logger.error("decisions not recorded, nothing is sent: \(error)")
      for command in commands { mailbox.append(notSent(command, "it could not be recorded")) }
      return
    }
    for decision in decisions {
      board.note(decision)
      logger.info("\(decision)")
    }
    let growing = commands.filter { mayLeave($0, of: decisions) }
    for command in growing { start { await $0.send(command) } }
    for command in commands where !growing.contains(command) {
      mailbox.append(notSent(command, "the store takes no journal, so nothing shrinks"))
    }
  }

  private func notSent(_ command: ScaleCommand, _ reason: String) -> JournalledEvent {
    JournalledEvent(
      command.service, .scaled(command.decision, .notSent(reason), at: clock.now))
  }

  private func send(_ command: ScaleCommand) async {
    guard let service = services[command.service] else { return }
    let outcome = await sender.send(command, for: service)
    let now = clock.now
    board.note(outcome, of: command)
    do {
      try await record(outcome, of: command, at: now)
    } catch {
      board.storeFailed(error.description)
      logger.error("an outcome was not recorded: \(error)")
    }
    await post(.scaled(command.decision, outcome, at: now), for: command.service)
  }

  /// A plan that could not be left is not tried again: the next one is due soon.
  private func leave(_ plan: FloorPlan) async {
    guard let service = services[plan.service] else { return }
    if let reason = await sender.leave(plan, for: service) {
      logger.warning("\(plan.service): the plan was not left with the platform: \(reason)")
    }
  }

  func start(_ work: @escaping @Sendable (ControlLoop) async -> Void) {
    let number = nextTask
    nextTask += 1
    outstanding[number] = Task {
      await work(self)
      finished(number)
    }
  }

  private func finished(_ number: Int) { outstanding[number] = nil }

  private func pauseBeforeRetry() async {
    try? await Task.sleep(for: .milliseconds(200))
  }
}

/// An event with the service that it is about.
struct JournalledEvent: Sendable {
  var service: ServiceID
  var event: Event

  init(_ service: ServiceID, _ event: Event) {
    self.service = service
    self.event = event
  }
}

extension Event {
  /// Whether the next tick has one like it.
  var isOfItsTick: Bool {
    switch self {
    case .observed, .shrinkingHeld: true
    default: false
    }
  }
}
