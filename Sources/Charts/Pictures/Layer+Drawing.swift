extension Layer {
  func draw(on canvas: inout Canvas, time: Scale, value: Scale) {
    switch shape {
    case .line(let values, let dashed):
      let runs = ColumnReduction.runs(of: values, on: time)
      canvas.path(Self.linePath(runs, value), style: lineStyle(dashed: dashed))
    case .steps(let values, let dashed, let filled):
      let runs = ColumnReduction.runs(of: values, on: time)
      if filled {
        canvas.path(
          Self.filledStepPath(runs, value), style: "\(BandStrength.outer.style) \(ink.style)")
      }
      canvas.path(Self.stepPath(runs, value), style: lineStyle(dashed: dashed))
    case .band(let lower, let upper, let strength, let stepped):
      let runs = BandReduction.runs(lower: lower, upper: upper, on: time)
      canvas.path(
        Self.bandPath(runs, value, stepped: stepped), style: "\(strength.style) \(ink.style)")
    }
  }

  private func lineStyle(dashed: Bool) -> String {
    "line \(ink.style)" + (dashed ? " dashed" : "")
  }

  static func linePath(_ runs: [Run], _ scale: Scale) -> PathData {
    var path = PathData()
    for run in runs {
      path.move(run.positions[0], scale.position(run.values[0]))
      // A value alone between two gaps would be a line of no length.
      if run.positions.count == 1 { path.dot() }
      for index in run.positions.indices.dropFirst() {
        path.line(run.positions[index], scale.position(run.values[index]))
      }
    }
    return path
  }

  static func stepPath(_ runs: [Run], _ scale: Scale) -> PathData {
    var path = PathData()
    for run in runs {
      let last = run.values.count - 1
      path.move(run.positions[0], scale.position(run.values[0]))
      for index in run.positions.indices.dropFirst() {
        path.step(run.positions[index], scale.position(run.values[index]))
      }
      path.line(run.end, scale.position(run.values[last]))
    }
    return path
  }

  static func filledStepPath(_ runs: [Run], _ scale: Scale) -> PathData {
    var path = PathData()
    let ground = scale.position(scale.lower)
    for run in runs {
      path.move(run.positions[0], ground)
      path.line(run.positions[0], scale.position(run.values[0]))
      for index in run.positions.indices.dropFirst() {
        path.step(run.positions[index], scale.position(run.values[index]))
      }
      path.step(run.end, ground)
      path.close()
    }
    return path
  }

  static func bandPath(_ runs: [BandRun], _ scale: Scale, stepped: Bool) -> PathData {
    var path = PathData()
    for run in runs {
      path.move(run.positions[0], scale.position(run.upper[0]))
      for index in run.positions.indices.dropFirst() {
        let y = scale.position(run.upper[index])
        if stepped {
          path.step(run.positions[index], y)
        } else {
          path.line(run.positions[index], y)
        }
      }
      let last = run.positions.count - 1
      if stepped { path.line(run.end, scale.position(run.upper[last])) }
      if stepped { path.line(run.end, scale.position(run.lower[last])) }
      for index in run.positions.indices.reversed() {
        let y = scale.position(run.lower[index])
        path.line(run.positions[index], y)
        if stepped, index > 0 {
          path.line(run.positions[index], scale.position(run.lower[index - 1]))
        }
      }
      path.close()
    }
    return path
  }
}
