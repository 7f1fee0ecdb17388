"""How well a model answers: questions with right answers, `fo1 batch`, measures, a report.

  data/        one file a form of data set: makes the questions
  question     a question, its right answer, the model's answer
  program      has `fo1 batch` answer them
  answers      reads what it wrote
  measures     the table of kinds of questions; detection, referring, grounding, counting, exact, similar measure them
  report       the table on the terminal, results.json
  page         worst.html
"""
