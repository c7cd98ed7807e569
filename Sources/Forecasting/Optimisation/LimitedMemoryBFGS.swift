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
    let memory = 6
    var gradient = Array(repeating: 0.0, count: start.count)
    var x = start
    var value = function(x, &gradient)
    var point = Point(vector: x, value: value, evaluations: 1, iterations: 0)
    guard value.isFinite, !start.isEmpty else { return point }
    var steps: [[Double]] = []
    var changes: [[Double]] = []
    var calm = 0

    while point.iterations < maximumIterations {
      point.iterations += 1
      var direction = direction(gradient, steps, changes)
      var slope = dot(direction, gradient)
      if !(slope < 0) {
        steps.removeAll(keepingCapacity: true)
        changes.removeAll(keepingCapacity: true)
        direction = gradient.map { -$0 }
        slope = dot(direction, gradient)
        if !(slope < 0) { break }
      }
      let length = dot(direction, direction).squareRoot()
      var scale = min(1, (steps.isEmpty ? firstStep : 4 * firstStep) / length)

      var trial = x
      var trialGradient = gradient
      var trialValue = Double.infinity
      while point.evaluations < maximumEvaluations {
        for index in x.indices { trial[index] = x[index] + scale * direction[index] }
        trialValue = function(trial, &trialGradient)
        point.evaluations += 1
        if trialValue <= value + 1e-4 * scale * slope { break }
        // The minimum of the parabola through value, slope and the trial, kept inside the step.
        let parabola = -slope * scale / (2 * ((trialValue - value) / scale - slope))
        scale = parabola.isFinite ? min(max(parabola, 0.1 * scale), 0.5 * scale) : 0.1 * scale
      }
      guard trialValue < value else { break }

      var step = trial
      var change = trialGradient
      for index in x.indices {
        step[index] -= x[index]
        change[index] -= gradient[index]
      }
      if dot(step, change) > 1e-12 * dot(change, change) {
        if steps.count == memory {
          steps.removeFirst()
          changes.removeFirst()
        }
        steps.append(step)
        changes.append(change)
      }
      let gain = value - trialValue
      x = trial
      value = trialValue
      gradient = trialGradient
      calm = gain < tolerance * value.magnitude ? calm + 1 : 0
      if calm == 2 || point.evaluations >= maximumEvaluations { break }
    }
    point.vector = x
    point.value = value
    return point
  }

  /// − (approximate inverse Hessian) · gradient, by the two-loop recursion.
  private func direction(
    _ gradient: [Double], _ steps: [[Double]], _ changes: [[Double]]
  ) -> [Double] {
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
