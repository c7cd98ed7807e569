import Domain
import Forecasting

/// What an outlook forecasts with: the seasonal model, or the season before where that is better.
enum OutlookModel: Sendable, Equatable {
  case seasonal(HoltWinters)
  case seasonBefore(SeasonBefore)

  var seasons: Seasons {
    switch self {
    case .seasonal(let model): model.seasons
    case .seasonBefore(let memory): memory.seasons
    }
  }

  mutating func advance(_ value: Double?, at positions: SeasonPositions) {
    switch self {
    case .seasonal(var model):
      model.advance(value, at: positions)
      self = .seasonal(model)
    case .seasonBefore(var memory):
      memory.advance(value, at: positions)
      self = .seasonBefore(memory)
    }
  }

  func forecast(at positions: SeasonPositions, stepsAhead: Int) -> Double {
    switch self {
    case .seasonal(let model): model.forecast(at: positions, stepsAhead: stepsAhead)
    case .seasonBefore(let memory): memory.forecast(at: positions)
    }
  }

  /// The coming steps, the first one ahead first.
  func forecast(at future: [SeasonPositions]) -> [Double] {
    switch self {
    case .seasonal(let model): model.forecast(at: future)
    case .seasonBefore(let memory): future.map(memory.forecast)
    }
  }
}

extension OutlookModel {
  /// Each kind begins with a tag of its own, so that no other mark is needed.
  func writeState(to writer: inout StateWriter) {
    switch self {
    case .seasonal(let model): model.writeState(to: &writer)
    case .seasonBefore(let memory): memory.writeState(to: &writer)
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    var ahead = reader
    self =
      try ahead.readByte() == SeasonBefore.stateTag
      ? .seasonBefore(try SeasonBefore(from: &reader)) : .seasonal(try HoltWinters(from: &reader))
  }
}
