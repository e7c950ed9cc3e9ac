-- A ready answer asked nothing, though it ended as a question. One that somebody has written anew stays as it is.
update ready_answer set text = 'Velkommen tilbake! Er det greit at vi skriver til deg igjen? Hilsen {{ sender }}, {{ organisation }}'
    where text = 'Velkommen tilbake! Det er greit at vi skriver til deg igjen? Hilsen {{ sender }}, {{ organisation }}';
