/// Minimises a function of a vector by limited-memory BFGS with a backtracking line search.
///
/// It knows the function by its values and gradients only. Bounded by iterations and evaluations; it
/// returns the best point that it saw, never throws, and never evaluates after a non-finite start.
///
/// - Note: Nocedal and Wright (2006), algorithms 7.4 and 3.1.
struct LimitedMemoryBFGS {
  var maximumIterations = 40
  var maximumEvaluations = 80
  /// It stops when two iterations in a row lower the value by less than this part of it.
  var tolerance = 1e-4
  /// The longest first step, in units of the vector.
  var firstStep = 1.0

  struct Point: Sendable {
    var vector: [Double]
    var value: Double
    var evaluations: Int
    var iterations: Int
  }

  /// - Parameter function: Value at a vector; it writes the gradient into its second argument.
  func minimise(
    from start: [Double], _ function: (_ at: [Double], _ gradient: inout [Double]) -> Double
  ) -> Point {
    var search = Search(self, from: start)
    var gradient = Array(repeating: 0.0, count: start.count)
    while !search.isFinished {
      let value = function(search.trial, &gradient)
      search.answer(value: value, gradient: gradient)
    }
    return search.point
  }
}

extension LimitedMemoryBFGS {
  /// A search that is told the function's answers one by one, so that many can go on side by side.
  struct Search {
    /// Where the function is to be evaluated next.
    private(set) var trial: [Double]
    /// Whether nothing more needs to be evaluated.
    private(set) var isFinished = false
    /// The best so far.
    private(set) var point: Point

    private let limits: LimitedMemoryBFGS
    private var gradient: [Double] = []
    private var direction: [Double] = []
    private var slope = 0.0
    private var scale = 1.0
    private var steps: [[Double]] = []
    private var changes: [[Double]] = []
    private var calm = 0
    private static let memory = 6

    init(_ limits: LimitedMemoryBFGS, from start: [Double]) {
      self.limits = limits
      trial = start
      point = Point(vector: start, value: .infinity, evaluations: 0, iterations: 0)
    }

    /// Takes the value and the gradient at `trial`.
    mutating func answer(value: Double, gradient: [Double]) {
      point.evaluations += 1
      if point.evaluations == 1 {
        point.value = value
        self.gradient = gradient
        if value.isFinite, !trial.isEmpty { turn() } else { isFinished = true }
        return
      }
      let isEnough = value <= point.value + 1e-4 * scale * slope
      if !isEnough, point.evaluations < limits.maximumEvaluations {
        // The minimum of the parabola through value, slope and the trial, kept inside the step.
        let parabola = -slope * scale / (2 * ((value - point.value) / scale - slope))
        scale = parabola.isFinite ? min(max(parabola, 0.1 * scale), 0.5 * scale) : 0.1 * scale
        step()
        return
      }
      guard value < point.value else {
        isFinished = true
        return
      }
      accept(value, gradient)
    }

    private mutating func accept(_ value: Double, _ gradient: [Double]) {
      var step = trial
      var change = gradient
      for index in step.indices {
        step[index] -= point.vector[index]
        change[index] -= self.gradient[index]
      }
      if dot(step, change) > 1e-12 * dot(change, change) {
        if steps.count == Self.memory {
          steps.removeFirst()
          changes.removeFirst()
        }
        steps.append(step)
        changes.append(change)
      }
      let gain = point.value - value
      point.vector = trial
      point.value = value
      self.gradient = gradient
      calm = gain < limits.tolerance * value.magnitude ? calm + 1 : 0
      if calm == 2 || point.evaluations >= limits.maximumEvaluations {
        isFinished = true
      } else {
        turn()
      }
    }

    /// Chooses the next direction and the first trial along it.
    private mutating func turn() {
      guard point.iterations < limits.maximumIterations,
        point.evaluations < limits.maximumEvaluations
      else {
        isFinished = true
        return
      }
      point.iterations += 1
      direction = descent()
      slope = dot(direction, gradient)
      if !(slope < 0) {
        steps.removeAll(keepingCapacity: true)
        changes.removeAll(keepingCapacity: true)
        direction = gradient.map { -$0 }
        slope = dot(direction, gradient)
        if !(slope < 0) {
          isFinished = true
          return
        }
      }
      let length = dot(direction, direction).squareRoot()
      scale = min(1, (steps.isEmpty ? limits.firstStep : 4 * limits.firstStep) / length)
      step()
    }

    private mutating func step() {
      for index in trial.indices { trial[index] = point.vector[index] + scale * direction[index] }
    }

    /// − (approximate inverse Hessian) · gradient, by the two-loop recursion.
    private func descent() -> [Double] {
      var direction = gradient.map { -$0 }
      var weights = Array(repeating: 0.0, count: steps.count)
      for pair in steps.indices.reversed() {
        let weight = dot(steps[pair], direction) / dot(steps[pair], changes[pair])
        weights[pair] = weight
        add(-weight, changes[pair], to: &direction)
      }
      if let step = steps.last, let change = changes.last {
        let scale = dot(step, change) / dot(change, change)
        for index in direction.indices { direction[index] *= scale }
      }
      for pair in steps.indices {
        let weight = dot(changes[pair], direction) / dot(steps[pair], changes[pair])
        add(weights[pair] - weight, steps[pair], to: &direction)
      }
      return direction
    }

    private func dot(_ left: [Double], _ right: [Double]) -> Double {
      var sum = 0.0
      for index in left.indices { sum += left[index] * right[index] }
      return sum
    }

    private func add(_ factor: Double, _ row: [Double], to sum: inout [Double]) {
      for index in sum.indices { sum[index] += factor * row[index] }
    }
  }
}
