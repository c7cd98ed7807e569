# Writes holt-winters.csv, dshw.csv and dshw-start.csv beside it: Rscript references.R
# Made with R 4.2.2 and forecast 8.20 (Debian 12: r-base-core, r-cran-forecast).
library(forecast, quietly = TRUE)

state <- 7
uniform <- function() {
  state <<- (state * 16807) %% 2147483647
  state / 2147483647
}
steps <- 0:335
noise <- sapply(steps, function(step) uniform() - 0.5)

# Additive, one season: R's stats::HoltWinters with everything given.
y <- round(100 + 0.05 * steps + 20 * sin(2 * pi * steps / 24) + 8 * noise, 3)
start <- 20 * sin(2 * pi * (0:23) / 24)
fit <- HoltWinters(
  ts(y, frequency = 24, start = c(2, 1)), alpha = 0.2, beta = 0.1, gamma = 0.3,
  l.start = 100, b.start = 0.05, s.start = start, start.periods = 2)
# HoltWinters fits from the second period on: its first fitted value is that of step 24.
fitted <- c(rep(NA, 24), as.numeric(fit$fitted[, "xhat"]))
ahead <- as.numeric(predict(fit, 48))
rows <- data.frame(
  step = 0:(length(y) + 47), value = c(y, rep(NA, 48)),
  forecast = sprintf("%.12g", c(fitted, ahead)))
writeLines(c(
  paste0("# ", R.version.string, ", stats::HoltWinters(ts(y, frequency = 24), alpha = 0.2, ",
         "beta = 0.1, gamma = 0.3, l.start = 100, b.start = 0.05, s.start = 20 sin(2 pi i / 24)); ",
         "by references.R")), "holt-winters.csv")
suppressWarnings(write.table(
  rows, "holt-winters.csv", append = TRUE, sep = ",", row.names = FALSE, quote = FALSE))

# Multiplicative, two seasons: forecast::dshw with the gains given.
steps <- 0:671
noise <- sapply(steps, function(step) uniform() - 0.5)
y <- round(100 * exp(
  0.3 * sin(2 * pi * steps / 24) + 0.1 * cos(2 * pi * steps / 168) + 0.04 * noise), 3)
model <- dshw(
  msts(y, c(24, 168)), period1 = 24, period2 = 168, h = 48, alpha = 0.1, beta = 0, gamma = 0.1,
  omega = 0.1, phi = 0)
rows <- data.frame(
  step = 0:(length(y) + 47), value = c(y, rep(NA, 48)),
  forecast = sprintf("%.12g", c(as.numeric(model$fitted), as.numeric(model$mean))))
writeLines(c(
  paste0("# ", R.version.string, ", forecast ", packageVersion("forecast"),
         ", dshw(y, 24, 168, h = 48, alpha = 0.1, beta = 0, gamma = 0.1, omega = 0.1, phi = 0); ",
         "by references.R")), "dshw.csv")
suppressWarnings(write.table(
  rows, "dshw.csv", append = TRUE, sep = ",", row.names = FALSE, quote = FALSE))

# Where dshw began, by its own formulas: level, trend, 24 factors of the first season, 168 of the second.
first <- forecast:::seasindex(y, 24)
second <- forecast:::seasindex(y, 168) / rep(first, 7)
week <- y[1:168]
trend <- mean((week - y[169:336]) / 168 + c(0, diff(week))) / 2
level <- mean(y[1:336]) - 168.5 * trend
writeLines(c(
  paste0("# ", R.version.string, ", forecast ", packageVersion("forecast"),
         ", the states that dshw begins with: level, trend, seasons; by references.R"),
  sprintf("%.12g", c(level, trend, first, second))), "dshw-start.csv")
