/// The simulated replicas: those that serve, those that boot, and a warm pool of started ones that
/// join faster. Counts change only at step boundaries.
struct Fleet: Sendable {
  /// Replicas started together.
  struct Batch: Sendable, Equatable {
    var count: Int
    /// The step at which they were started.
    var started: Int
    /// The first step in which they serve.
    var ready: Int
  }

  /// A pool of replicas that are kept started and billed at a fraction of the price.
  struct Pool: Sendable {
    /// Can join a growing fleet now.
    var ready: Int
    /// Replacing those that were taken.
    var provisioning: [Batch] = []

    var size: Int { provisioning.reduce(ready) { $0 + $1.count } }

    /// Grows by cold starts, or shrinks: what boots first, the latest of it, then what is ready.
    mutating func resize(to target: Int, at step: Int, boot: Int) {
      let size = size
      if target > size {
        let batch = Batch(count: target - size, started: step, ready: step + boot)
        Fleet.insert(batch, into: &provisioning)
      } else {
        ready -= min(ready, Fleet.cancel(size - target, in: &provisioning))
      }
    }
  }

  private(set) var ready: Int
  /// Sorted by the step at which they become ready.
  private(set) var pending: [Batch] = []
  private(set) var pendingCount = 0
  private(set) var pool: Pool
  /// Steps from start to service, cold and from the pool.
  let boot: Int
  let warmBoot: Int

  init(ready: Int, boot: Int, poolSize: Int, warmBoot: Int) {
    self.ready = ready
    self.boot = boot
    self.warmBoot = warmBoot
    pool = Pool(ready: poolSize)
  }

  /// Serving and booting replicas: what is billed in full.
  var provisioned: Int { ready + pendingCount }

  /// Lets everything that is due at `step` become ready.
  mutating func advance(to step: Int) {
    while let next = pending.first, next.ready <= step {
      ready += next.count
      pendingCount -= next.count
      pending.removeFirst()
    }
    while let next = pool.provisioning.first, next.ready <= step {
      pool.ready += next.count
      pool.provisioning.removeFirst()
    }
  }

  /// Grows or shrinks to `target`. Growth takes from the warm pool first; each replica taken is
  /// replaced cold. Shrinking cancels what boots, latest ready first, then stops serving replicas.
  ///
  /// - Parameter boot: Steps that a cold start takes now.
  mutating func scale(to target: Int, at step: Int, boot: Int) {
    if target > provisioned {
      grow(by: target - provisioned, at: step, boot: boot)
    } else if target < provisioned {
      shrink(by: provisioned - target)
    }
  }

  private mutating func grow(by count: Int, at step: Int, boot: Int) {
    let warm = min(count, pool.ready)
    if warm > 0 {
      pool.ready -= warm
      start(warm, at: step, taking: warmBoot)
      if boot == 0 {
        pool.ready += warm
      } else {
        Self.insert(
          Batch(count: warm, started: step, ready: step + boot), into: &pool.provisioning)
      }
    }
    if count > warm { start(count - warm, at: step, taking: boot) }
  }

  private mutating func start(_ count: Int, at step: Int, taking duration: Int) {
    guard duration > 0 else {
      ready += count
      return
    }
    pendingCount += count
    Self.insert(Batch(count: count, started: step, ready: step + duration), into: &pending)
  }

  /// Grows or shrinks the warm pool to `target`.
  mutating func resizePool(to target: Int, at step: Int, boot: Int) {
    pool.resize(to: target, at: step, boot: boot)
  }

  private mutating func shrink(by count: Int) {
    let left = Self.cancel(count, in: &pending)
    pendingCount -= count - left
    ready -= min(left, ready)
  }

  /// Stops up to `count` of what boots, the latest ready first; returns how many are left to stop.
  private static func cancel(_ count: Int, in batches: inout [Batch]) -> Int {
    var left = count
    while left > 0, let last = batches.last {
      let cancelled = min(left, last.count)
      left -= cancelled
      if cancelled == last.count {
        batches.removeLast()
      } else {
        batches[batches.count - 1].count -= cancelled
      }
    }
    return left
  }

  private static func insert(_ batch: Batch, into batches: inout [Batch]) {
    let position = batches.lastIndex { $0.ready <= batch.ready }.map { $0 + 1 } ?? 0
    batches.insert(batch, at: position)
  }
}
