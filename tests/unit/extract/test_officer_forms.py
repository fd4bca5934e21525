# ruff: noqa: E501 - invented documents are long lines
"""Item 5.02 in its many forms, each invented: who, which way, as what, from when, done or planned; or why it is no change."""

from datetime import date

import pytest
from invented_item import item_text, read_document

TITLE = "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; Compensatory Arrangements of Certain Officers."
FORMS = {
    "several_officers_one_paragraph": (
        "(b) On March 1, 2026, Jane Q. Roe, the Company's Chief Financial Officer, and Max B. Poe, the Company's Chief Operating Officer, each notified the Company of their decision to resign from their positions, effective March 31, 2026. (c) On the same date, the Board appointed Ann Lee, age 51, to serve as Chief Financial Officer, and Raj K. Patel, age 44, to serve as Chief Operating Officer, each effective April 1, 2026.",
        [
            ("Ann Lee", "new_hire", "Chief Financial Officer", date(2026, 4, 1), "planned"),
            ("Jane Q. Roe", "departure", "Chief Financial Officer", date(2026, 3, 31), "planned"),
            ("Max B. Poe", "departure", "Chief Operating Officer", date(2026, 3, 31), "planned"),
            ("Raj K. Patel", "new_hire", "Chief Operating Officer", date(2026, 4, 1), "planned"),
        ],
    ),
    "ceased": (
        "Effective February 28, 2026, Tom Harlan ceased to serve as the Company's Executive Vice President and Chief Commercial Officer.",
        [("Tom Harlan", "departure", "Executive Vice President and Chief Commercial Officer", date(2026, 2, 28), "done")],
    ),
    "stepped_down_director": (
        "On March 1, 2026, Dr. Elena Ruiz stepped down from the Board of Directors of Acme Robotics, Inc. Dr. Ruiz's decision was not the result of any disagreement with the Company.",
        [("Elena Ruiz", "departure", "Director", date(2026, 3, 1), "done")],
    ),
    "mutual_separation": (
        "On February 27, 2026, the Company and Peter J. Wolff, President and Chief Operating Officer, mutually agreed that Mr. Wolff would separate from the Company effective March 15, 2026.",
        [("Peter J. Wolff", "departure", "President and Chief Operating Officer", date(2026, 3, 15), "planned")],
    ),
    "mutual_separation_2": (
        'On February 27, 2026, Acme Robotics, Inc. (the "Company") and Carla Mendes mutually agreed to her separation from her position as Chief Marketing Officer of the Company, effective as of March 6, 2026.',
        [("Carla Mendes", "departure", "Chief Marketing Officer", date(2026, 3, 6), "planned")],
    ),
    "transition_to_adviser": (
        "On March 1, 2026, Acme announced that William T. Strand will transition from his role as Chief Executive Officer to a senior advisor role effective June 30, 2026. The Board appointed Karen O'Neil, currently Chief Operating Officer, to succeed Mr. Strand as Chief Executive Officer effective July 1, 2026.",
        [
            ("Karen O'Neil", "promotion", "Chief Executive Officer", date(2026, 7, 1), "planned"),
            ("William T. Strand", "departure", "Chief Executive Officer", date(2026, 6, 30), "planned"),
        ],
    ),
    "retirement_later": (
        "On March 1, 2026, Harold M. Finch informed the Board of his intention to retire as Chief Accounting Officer at the end of the fiscal year on September 30, 2026.",
        [("Harold M. Finch", "departure", "Chief Accounting Officer", date(2026, 9, 30), "planned")],
    ),
    "interim": (
        "On March 1, 2026, the Board of Directors appointed Susan L. Grey as Interim Chief Executive Officer, effective immediately, while it conducts a search for a permanent successor.",
        [("Susan L. Grey", "new_hire", "Interim Chief Executive Officer", date(2026, 3, 1), "done")],
    ),
    "acting": (
        "Ms. Linda Park has been named acting Chief Financial Officer, effective March 5, 2026.",
        [("Linda Park", "new_hire", "Acting Chief Financial Officer", date(2026, 3, 5), "planned")],
    ),
    "co-CEO": (
        "On March 1, 2026, the Board appointed David Stone and Emily Reyes as Co-Chief Executive Officers of the Company, effective April 1, 2026.",
        [
            ("David Stone", "new_hire", "Co-Chief Executive Officer", date(2026, 4, 1), "planned"),
            ("Emily Reyes", "new_hire", "Co-Chief Executive Officer", date(2026, 4, 1), "planned"),
        ],
    ),
    "promoted_from_to": (
        "On March 1, 2026, the Company promoted Brian Kettle from Vice President, Finance to Senior Vice President and Chief Financial Officer, effective March 15, 2026.",
        [("Brian Kettle", "promotion", "Senior Vice President and Chief Financial Officer", date(2026, 3, 15), "planned")],
    ),
    "promoted_passive": (
        "Effective March 2, 2026, Grace Lin was promoted to Chief Technology Officer. Ms. Lin previously served as the Company's Vice President of Engineering.",
        [("Grace Lin", "promotion", "Chief Technology Officer", date(2026, 3, 2), "done")],
    ),
    "death": (
        "The Company announces with great sadness that George P. Marsh, a member of the Board of Directors, passed away on February 26, 2026.",
        [("George P. Marsh", "departure", "Director", date(2026, 2, 26), "done")],
    ),
    "death_2": (
        "On February 26, 2026, Acme Robotics, Inc. learned of the death of its Chairman, Walter Boyd Jr.",
        [("Walter Boyd Jr", "departure", "Chairman", date(2026, 2, 26), "done")],
    ),
    "suffix_caps": (
        "On March 1, 2026, ROBERT E. McALLISTER, III resigned as a director of the Company, effective immediately. The Board elected JOHN A. DOE, JR. to fill the vacancy.",
        [
            ("John A. Doe, Jr.", "new_hire", "Director", None, "done"),
            ("Robert E. McAllister, III", "departure", "Director", date(2026, 3, 1), "done"),
        ],
    ),
    "particles": (
        "On March 1, 2026, the Board elected Johan van der Berg, Maria de la Cruz and Søren Ångström-Lund to the Board, effective March 10, 2026.",
        [
            ("Johan van der Berg", "new_hire", "Director", date(2026, 3, 10), "planned"),
            ("Maria de la Cruz", "new_hire", "Director", date(2026, 3, 10), "planned"),
            ("Søren Ångström-Lund", "new_hire", "Director", date(2026, 3, 10), "planned"),
        ],
    ),
    "credentials": (
        "On March 1, 2026, Acme appointed Priya Nair, Ph.D., as Chief Scientific Officer and Thomas Ode, M.D., FACP, as Chief Medical Officer.",
        [
            ("Priya Nair", "new_hire", "Chief Scientific Officer", date(2026, 3, 1), "done"),
            ("Thomas Ode", "new_hire", "Chief Medical Officer", date(2026, 3, 1), "done"),
        ],
    ),
    "nickname": (
        'On March 1, 2026, William "Bill" Hart notified the Company that he will retire as General Counsel and Secretary on May 1, 2026.',
        [('William "Bill" Hart', "departure", "General Counsel and Secretary", date(2026, 5, 1), "planned")],
    ),
    "nickname_paren": (
        "On March 1, 2026, Margaret (Peggy) Olson was appointed Chief Brand Officer of Acme Robotics, Inc.",
        [("Margaret (Peggy) Olson", "new_hire", "Chief Brand Officer", date(2026, 3, 1), "done")],
    ),
    "successor_same_sentence": (
        "On March 1, 2026, the Board appointed Ines Calder as Chief Financial Officer to succeed Victor Amsel, who is retiring effective March 31, 2026.",
        [
            ("Ines Calder", "new_hire", "Chief Financial Officer", date(2026, 3, 1), "done"),
            ("Victor Amsel", "departure", "Chief Financial Officer", date(2026, 3, 31), "planned"),
        ],
    ),
    "successor_2": (
        "Nora Blake, 48, will succeed Steven Ward as President and Chief Executive Officer on April 1, 2026.",
        [("Nora Blake", "new_hire", "President and Chief Executive Officer", date(2026, 4, 1), "planned")],
    ),
    "terminated": (
        "On February 28, 2026, the Company terminated the employment of Mark Devlin, its Chief Revenue Officer, effective immediately.",
        [("Mark Devlin", "departure", "Chief Revenue Officer", date(2026, 2, 28), "done")],
    ),
    "removed": (
        "On March 1, 2026, the Board removed Oscar Pruitt from his position as Chief Executive Officer without cause.",
        [("Oscar Pruitt", "departure", "Chief Executive Officer", date(2026, 3, 1), "done")],
    ),
    "not_stand": (
        "On March 1, 2026, Cynthia Voss informed the Board that she will not stand for re-election as a director at the Company's 2026 annual meeting of stockholders to be held on May 20, 2026.",
        [("Cynthia Voss", "departure", "Director", date(2026, 5, 20), "planned")],
    ),
    "rescinded": (
        "On March 1, 2026, Alan Trent rescinded his previously announced resignation as Chief Financial Officer and will remain in that position.",
        "no_pattern",
    ),
    "negated": (
        "There are no arrangements between Mr. Doe and any other person pursuant to which he was appointed. The Company has not appointed Jane Roe as Chief Executive Officer.",
        "no_pattern",
    ),
    "conditional": (
        "If the merger closes, Jane Q. Roe would resign as Chief Executive Officer of the Company.",
        "no_pattern",
    ),
    "effective_upon": (
        "On March 1, 2026, Luis Ortega tendered his resignation as Chief Financial Officer, to be effective upon the filing of the Company's Annual Report on Form 10-K.",
        [("Luis Ortega", "departure", "Chief Financial Officer", None, "planned")],
    ),
    "title_change": (
        "On March 1, 2026, Beth Corrigan's title was changed from Vice President, Controller to Chief Accounting Officer.",
        [("Beth Corrigan", "reorganization", "Chief Accounting Officer", date(2026, 3, 1), "done")],
    ),
    "additional_role": (
        "On March 1, 2026, the Board appointed Dale Finn, the Company's Chief Executive Officer, to the additional position of Chairman of the Board.",
        [("Dale Finn", "promotion", "Chairman of the Board", date(2026, 3, 1), "done")],
    ),
    "bold_list": (
        "(d) On March 1, 2026, the Board increased its size from seven to eight directors and elected Yuki Tanaka to fill the newly created directorship. Ms. Tanaka will serve on the Audit Committee.",
        [("Yuki Tanaka", "new_hire", "Director", date(2026, 3, 1), "done")],
    ),
    "pay_only_e": (
        "On March 1, 2026, the Compensation Committee approved 2026 base salaries for Jane Q. Roe, Chief Executive Officer, and Max B. Poe, Chief Financial Officer.",
        "pay_arrangement_only",
    ),
    "severance": (
        "(e) On March 1, 2026, the Company entered into a severance agreement with Jane Q. Roe, who resigned as President on January 15, 2026.",
        "pay_arrangement_only",
    ),
    "Mr_first_then_full": (
        "On March 1, 2026, Mr. Frederic Nolan resigned from his position as Senior Vice President, Sales. Mr. Nolan will receive severance.",
        [("Frederic Nolan", "departure", "Senior Vice President, Sales", date(2026, 3, 1), "done")],
    ),
    "board_of_directors_accepted": (
        "On March 1, 2026, the Board of Directors of Acme Robotics, Inc. accepted the resignation of Paul Greer as Chief Executive Officer, President and a director of the Company, effective the same day.",
        [("Paul Greer", "departure", "Chief Executive Officer, President", date(2026, 3, 1), "done")],
    ),
    "resignation_letter": (
        "On March 1, 2026, Acme Robotics, Inc. received a letter of resignation from Hugh Barlow, a Class II director, effective March 15, 2026.",
        [("Hugh Barlow", "departure", "Director", date(2026, 3, 15), "planned")],
    ),
    "he": (
        "On February 25, 2026, Rita Cole notified Acme that she would be resigning from her role as Chief People Officer to pursue another opportunity. Her last day with the Company will be March 20, 2026.",
        [("Rita Cole", "departure", "Chief People Officer", date(2026, 3, 20), "planned")],
    ),
    "last_day": (
        "On February 25, 2026, Sam Doyle, our Chief Product Officer, informed us of his decision to leave the Company. Mr. Doyle's last day of employment will be March 31, 2026.",
        [("Sam Doyle", "departure", "Chief Product Officer", date(2026, 3, 31), "planned")],
    ),
    "joined": (
        "Acme Robotics today announced that Viktor Hale has joined the Company as Chief Revenue Officer. Mr. Hale was previously Senior Vice President at Beta Corp.",
        [("Viktor Hale", "new_hire", "Chief Revenue Officer", None, "done")],
    ),
    "offer_letter": (
        "On February 20, 2026, the Company entered into an offer letter with Naomi Pruett pursuant to which Ms. Pruett will become the Company's Chief Legal Officer on April 6, 2026.",
        [("Naomi Pruett", "new_hire", "Chief Legal Officer", date(2026, 4, 6), "planned")],
    ),
    "employment_agreement_commence": (
        "In connection with her appointment as Chief Financial Officer, Alice Monroe entered into an employment agreement with the Company. Ms. Monroe's employment will commence on March 16, 2026.",
        [("Alice Monroe", "new_hire", "Chief Financial Officer", date(2026, 3, 16), "planned")],
    ),
    "respectively": (
        "On March 1, 2026, the Board appointed Henry Cobb and Lila Drake as Chief Executive Officer and Chief Financial Officer, respectively, effective March 9, 2026.",
        [
            ("Henry Cobb", "new_hire", "Chief Executive Officer", date(2026, 3, 9), "planned"),
            ("Lila Drake", "new_hire", "Chief Financial Officer", date(2026, 3, 9), "planned"),
        ],
    ),
    "successor_and_step_down_multi": (
        "On March 1, 2026, Acme Robotics, Inc. announced that Ronald Kemp will step down as President and Chief Executive Officer and as a member of the Board, effective April 30, 2026, and that the Board has appointed Teresa Vance, the Company's Executive Vice President and Chief Operating Officer, as President and Chief Executive Officer, effective May 1, 2026.",
        [
            ("Ronald Kemp", "departure", "President and Chief Executive Officer", date(2026, 4, 30), "planned"),
            ("Teresa Vance", "promotion", "President and Chief Executive Officer", date(2026, 5, 1), "planned"),
        ],
    ),
    "designee": (
        "Pursuant to the Investor Rights Agreement, the Board appointed Fund designee Carl Weiss to serve as a Class I director until the 2027 annual meeting of stockholders.",
        [("Carl Weiss", "new_hire", "Director", None, "done")],
    ),
    "re-election_annual": (
        "At the annual meeting held on February 28, 2026, shareholders re-elected Jane Roe, Max Poe and Ann Lee as directors. Following the annual meeting, the Board appointed Ann Lee as Chair of the Board.",
        [("Ann Lee", "promotion", "Chair of the Board", None, "done")],
    ),
    "did_not_stand": (
        "Walter Finn, whose term expires at the 2026 annual meeting, has decided not to stand for re-election.",
        [("Walter Finn", "departure", "Director", None, "planned")],
    ),
    "extended_employment": (
        "On March 1, 2026, the Company and Jane Q. Roe, Chief Executive Officer, amended her employment agreement to extend its term to December 31, 2028.",
        "pay_arrangement_only",
    ),
    "principal": (
        "On March 1, 2026, the Board designated Owen Hart, the Company's Controller, as the Company's principal accounting officer.",
        [("Owen Hart", "promotion", "Principal accounting officer", date(2026, 3, 1), "done")],
    ),
    "leave_of_absence": (
        "On March 1, 2026, Diane Wu, Chief Executive Officer, began a medical leave of absence. The Board appointed Joel Marks, Chief Operating Officer, to serve as interim Chief Executive Officer during Ms. Wu's absence.",
        [("Joel Marks", "promotion", "Interim Chief Executive Officer", None, "done")],
    ),
    "notice_date_vs_effective": (
        "On February 23, 2026, Tina Albright gave notice of her resignation as Vice President, Chief Accounting Officer and Controller of the Company, which resignation will be effective on March 13, 2026.",
        [("Tina Albright", "departure", "Vice President, Chief Accounting Officer and Controller", date(2026, 3, 13), "planned")],
    ),
    "remain_through": (
        "Mr. Gordon Pike will retire from his position as Executive Vice President, Operations, but will remain employed through December 31, 2026 to assist with the transition.",
        [("Gordon Pike", "departure", "Executive Vice President, Operations", None, "planned")],
    ),
    "terminated_without_cause_past_tense_name_poss": (
        "On March 1, 2026, Neil Frost's employment with the Company was terminated. Mr. Frost had served as Chief Technology Officer.",
        [("Neil Frost", "departure", "Chief Technology Officer", date(2026, 3, 1), "done")],
    ),
    "elected_by_board_as_vp": (
        "On March 1, 2026, Acme's Board elected Pamela Rhodes Vice President and Treasurer.",
        [("Pamela Rhodes", "new_hire", "Vice President and Treasurer", date(2026, 3, 1), "done")],
    ),
    "name_from_Beta": (
        "On March 1, 2026, Acme Robotics, Inc. appointed Howard Lutz, formerly Chief Financial Officer of Beta Corp., as its Chief Financial Officer.",
        [("Howard Lutz", "new_hire", "Chief Financial Officer", date(2026, 3, 1), "done")],
    ),
    "two_sentence_roles": (
        "Effective March 1, 2026, Ray Dalton's role as Chief Operating Officer was eliminated and he will leave the Company on March 31, 2026.",
        [("Ray Dalton", "departure", "Chief Operating Officer", date(2026, 3, 31), "planned")],
    ),
    "appointed_by_name_with_middle_caps": (
        "On March 1, 2026, the Board of Directors unanimously approved the appointment of Mr. J. Peter Sand as a member of the Board.",
        [("J. Peter Sand", "new_hire", "Director", date(2026, 3, 1), "done")],
    ),
    "expand_board": (
        "The Board expanded from seven to nine members and appointed Lee Chang, Chief Executive Officer of Beta Corp, and Rosa Diaz, a partner at Gamma LLP, to fill the newly created vacancies effective March 3, 2026.",
        [("Lee Chang", "new_hire", "Director", date(2026, 3, 3), "done"), ("Rosa Diaz", "new_hire", "Director", date(2026, 3, 3), "done")],
    ),
    "foreign_names": (
        "On March 1, 2026, Mr. Zhang Wei tendered his resignation as director, and the Board appointed Ms. Li Na as an independent director.",
        [("Li Na", "new_hire", "Director", date(2026, 3, 1), "done"), ("Zhang Wei", "departure", "Director", None, "done")],
    ),
    "de-named_title_with_comma_of": (
        "On March 1, 2026, Acme named Quentin Ash Senior Vice President and General Manager, Industrial Robotics, succeeding Paula Stern, who was named President, International.",
        [
            ("Paula Stern", "new_hire", "President, International", None, "done"),
            ("Quentin Ash", "new_hire", "Senior Vice President and General Manager, Industrial Robotics", date(2026, 3, 1), "done"),
        ],
    ),
    "section_head_lines": (
        'Departure of Chief Financial Officer\nOn February 26, 2026, Mona Field informed the Company of her decision to resign as Chief Financial Officer, effective as of the close of business on March 27, 2026 (the "Separation Date").\nAppointment of Interim Chief Financial Officer\nIn connection with Ms. Field\'s resignation, the Board appointed Bruce Tan, who currently serves as Vice President, Corporate Controller, as Interim Chief Financial Officer, effective as of the Separation Date.',
        [
            ("Bruce Tan", "promotion", "Interim Chief Financial Officer", date(2026, 3, 27), "planned"),
            ("Mona Field", "departure", "Chief Financial Officer", date(2026, 3, 27), "planned"),
        ],
    ),
    "age_and_bio": (
        "On March 2, 2026, the Board of Directors elected Clara Boyle, age 55, as a director. Ms. Boyle has served as Chief Executive Officer of Delta Inc. since 2019, and was appointed to the board of Omega Corp in 2020. She resigned from the board of Sigma Corp in 2023.",
        [("Clara Boyle", "new_hire", "Director", date(2026, 3, 2), "done")],
    ),
    "history_told_with_its_month": (
        "On March 1, 2026, the Company granted 10,000 shares to Lena Ford, Chief Financial Officer. Ms. Ford was appointed Chief Financial Officer in May 2022, having previously resigned as Treasurer of Delta Foods in 2018.",
        "no_pattern",
    ),
    "leaves_for_another_company's_chair": (
        "On March 1, 2026, Iris Bloom, Chief Financial Officer, notified the Company that she is resigning to become chief executive officer of another listed company.",
        [("Iris Bloom", "departure", "Chief Financial Officer", None, "done")],
    ),
    "told_by_the_registrant's_own_name": (
        'On February 27, 2026, Amos Wray informed Acme Robotics, Inc. (the "Company") of his resignation from the Board of Directors (the "Board") of the Company, effective March 10, 2026.',
        [("Amos Wray", "departure", "Director", date(2026, 3, 10), "planned")],
    ),
    "the_position_is_the_subject": (
        "On February 20, 2026, the Company and Greta Moll agreed that Ms. Moll's position as Chief Legal Officer would terminate effective as of March 20, 2026.",
        [("Greta Moll", "departure", "Chief Legal Officer", date(2026, 3, 20), "planned")],
    ),
    "an_agreement_that_may_end_is_no_end": (
        "The Company entered into an employment agreement with Otto Lang, Chief Executive Officer, under which Mr. Lang's employment may be terminated by the Company at any time before December 31, 2027.",
        "pay_arrangement_only",
    ),
    "a_list_after_a_colon": (
        "On March 1, 2026, the Board appointed the following persons to serve as directors, effective March 15, 2026: Edda Crane, Finn Oster and Mila Sand.",
        [
            ("Edda Crane", "new_hire", "Director", date(2026, 3, 15), "planned"),
            ("Finn Oster", "new_hire", "Director", date(2026, 3, 15), "planned"),
            ("Mila Sand", "new_hire", "Director", date(2026, 3, 15), "planned"),
        ],
    ),
    "both_with_their_seats": (
        "On March 1, 2026, both Hector Ames, a Class I member of the Board, and Nina Fry, Ph.D., a Class III member of the Board, notified the Company of their resignation from the Board, effective March 31, 2026.",
        [
            ("Hector Ames", "departure", "Director", date(2026, 3, 31), "planned"),
            ("Nina Fry", "departure", "Director", date(2026, 3, 31), "planned"),
        ],
    ),
    "a_new_agreement_that_gives_a_role": (
        "On February 24, 2026, the Company entered into an Employment Agreement with Paul Hess, pursuant to which Mr. Hess will serve as the Company's Chief Operating Officer. His employment will commence on April 6, 2026.",
        [("Paul Hess", "new_hire", "Chief Operating Officer", date(2026, 4, 6), "planned")],
    ),
    "a_new_agreement_that_continues_a_role": (
        "On February 24, 2026, the Company entered into an amended Employment Agreement with Paul Hess, pursuant to which Mr. Hess will serve as the Company's Chief Operating Officer until 2028.",
        "pay_arrangement_only",
    ),
    "ordinal_day": (
        "On February 26th, 2026, Vera Stahl notified the Board of her resignation as a member of the Board, effective immediately.",
        [("Vera Stahl", "departure", "Director", date(2026, 2, 26), "done")],
    ),
    "hired_to_replace": (
        "Acme announced that Rolf Kerr will be leaving his role as Chief Supply Chain Officer and that Petra Lind has been hired to replace him, starting on April 13, 2026.",
        [
            ("Petra Lind", "new_hire", "Chief Supply Chain Officer", date(2026, 4, 13), "planned"),
            ("Rolf Kerr", "departure", "Chief Supply Chain Officer", None, "planned"),
        ],
    ),
    "takes_over_from": (
        "Marc Vidal will assume the role of Managing Director, Europe on May 1, 2026, taking over from Ana Reis, who will leave the Company at that time.",
        [
            ("Ana Reis", "departure", "Managing Director, Europe", None, "planned"),
            ("Marc Vidal", "new_hire", "Managing Director, Europe", date(2026, 5, 1), "planned"),
        ],
    ),
    "fills_the_vacancy_of": (
        "On March 1, 2026, the Board elected Evan Holm as a Class III director, filling the vacancy left by Tessa Voigt, who resigned on February 20, 2026.",
        [
            ("Evan Holm", "new_hire", "Director", date(2026, 3, 1), "done"),
            ("Tessa Voigt", "departure", "Director", date(2026, 2, 20), "done"),
        ],
    ),
    "position_cut": (
        "Effective March 2, 2026, the position of Chief Strategy Officer was eliminated and Hal Dorn separated from the Company.",
        [("Hal Dorn", "departure", "Chief Strategy Officer", date(2026, 3, 2), "done")],
    ),
    "title_with_a_dash": (
        "On March 1, 2026, Willa Cho notified the Company that she is retiring as Senior Vice President - Human Resources, effective June 30, 2026.",
        [("Willa Cho", "departure", "Senior Vice President - Human Resources", date(2026, 6, 30), "planned")],
    ),
    "from_all_positions_including": (
        "On March 1, 2026, Anton Beck advised the Board that he would resign from all positions he holds with the Company, including Chief Financial Officer and Secretary, effective March 31, 2026.",
        [("Anton Beck", "departure", "Chief Financial Officer and Secretary", date(2026, 3, 31), "planned")],
    ),
    "title_before_the_name": (
        "On March 1, 2026, the Company's Chief Technology Officer, Sami Rao, was promoted to President and Chief Technology Officer.",
        [("Sami Rao", "promotion", "President and Chief Technology Officer", date(2026, 3, 1), "done")],
    ),
    "nickname_in_brackets_and_quotes": (
        'On March 1, 2026, Roberta ("Bobbie") Tarn stepped down from the Board of Directors.',
        [('Roberta ("Bobbie") Tarn', "departure", "Director", date(2026, 3, 1), "done")],
    ),
    "expected_to_start": (
        "On February 25, 2026, Nadine Holt accepted the Company's offer to become its Chief Information Officer. She is expected to start on or around April 20, 2026.",
        [("Nadine Holt", "new_hire", "Chief Information Officer", date(2026, 4, 20), "planned")],
    ),
    "no_longer_an_officer": (
        "Effective March 1, 2026, Omar Singh ceased to be an officer of the Company. Mr. Singh had been Senior Vice President, Operations.",
        [("Omar Singh", "departure", "Senior Vice President, Operations", date(2026, 3, 1), "done")],
    ),
    "transition_to_another_chair": (
        'On March 1, 2026, Hayden Moss transitioned from Executive Vice President, Fleet of Acme Robotics, Inc. (the "Company") to Executive Vice President, Corporate Development.',
        [("Hayden Moss", "reorganization", "Executive Vice President, Corporate Development", date(2026, 3, 1), "done")],
    ),
    "continues_in_another_chair": (
        "On March 1, 2026, the Board appointed Mel Trent as Chief Financial Officer. Paul Ives, who has served as interim Chief Financial Officer since January 5, 2026, will cease to serve in that role on that date and will continue as Vice President, Corporate Controller.",
        [
            ("Mel Trent", "new_hire", "Chief Financial Officer", date(2026, 3, 1), "done"),
            ("Paul Ives", "departure", "Interim Chief Financial Officer", date(2026, 3, 1), "done"),
        ],
    ),
    "effective_upon_another's_retirement": (
        "(b) On February 25, 2026, Gordon Pell, President and Chief Executive Officer, informed the Board of his decision to retire, effective as of June 30, 2026. (c) On March 1, 2026, the Board appointed Nita Suarez, currently the Company's Chief Operating Officer, as President and Chief Executive Officer, effective upon Mr. Pell's retirement.",
        [
            ("Gordon Pell", "departure", "President and Chief Executive Officer", date(2026, 6, 30), "planned"),
            ("Nita Suarez", "promotion", "President and Chief Executive Officer", date(2026, 6, 30), "planned"),
        ],
    ),
    "separation_agreement": (
        "On March 1, 2026, the Company entered into a Transition and Separation Agreement with Curt Vane, its General Counsel, in connection with his departure from the Company on May 29, 2026.",
        [("Curt Vane", "departure", "General Counsel", date(2026, 5, 29), "planned")],
    ),
    "letter_in_which": (
        "On February 27, 2026, the Company received a letter from Hugo Lenz in which he resigned from the Board and from the Nominating Committee, effective immediately.",
        [("Hugo Lenz", "departure", "Director", date(2026, 2, 27), "done")],
    ),
    "formerly_became": (
        "Carmen Diaz, formerly President, North America, became Chief Operating Officer; Nils Berg, formerly Chief Operating Officer, became President, International.",
        [
            ("Carmen Diaz", "promotion", "Chief Operating Officer", None, "done"),
            ("Nils Berg", "promotion", "President, International", None, "done"),
        ],
    ),
    "a_day_before_an_enumeration": (
        "In accordance with the Cooperation Agreement, effective March 2, 2026, (i) the size of the Board was increased, (ii) Noor Haddad and Felix Strand were appointed to the Board, and (iii) Norman Tate retired from the Board.",
        [
            ("Felix Strand", "new_hire", "Director", date(2026, 3, 2), "done"),
            ("Noor Haddad", "new_hire", "Director", date(2026, 3, 2), "done"),
            ("Norman Tate", "departure", "Director", date(2026, 3, 2), "done"),
        ],
    ),
    "ceased_to_be_directors": (
        "In accordance with the Merger Agreement, at the effective time, each of Ruth Abel and Simon Crane ceased to be a director of the Company.",
        [("Ruth Abel", "departure", "Director", None, "done"), ("Simon Crane", "departure", "Director", None, "done")],
    ),
    "relieved_and_replaced": (
        "On March 1, 2026, Abel Stone, Chief Operating Officer, was relieved of his duties.",
        [("Abel Stone", "departure", "Chief Operating Officer", date(2026, 3, 1), "done")],
    ),
    "part_ways": (
        "On March 1, 2026, the Company and Rhea Monk, Chief Digital Officer, mutually agreed to part ways, effective March 31, 2026.",
        [("Rhea Monk", "departure", "Chief Digital Officer", date(2026, 3, 31), "planned")],
    ),
    "role_cut_in_the_sentence_before": (
        "On March 1, 2026, as part of a restructuring, the role of Chief Growth Officer was eliminated. As a result, Dario Fell will leave the Company on April 30, 2026.",
        [("Dario Fell", "departure", "Chief Growth Officer", date(2026, 4, 30), "planned")],
    ),
    "an_additional_role": (
        "On March 1, 2026, Ming Zhao, General Counsel, took on the additional role of Chief Compliance Officer.",
        [("Ming Zhao", "promotion", "Chief Compliance Officer", date(2026, 3, 1), "done")],
    ),
    "an_advisory_board_is_no_board": (
        "On March 1, 2026, the Company appointed Dr. Ravi Menon to its Scientific Advisory Board.",
        "no_pattern",
    ),
    "the_employment_of": (
        "The employment of Sandra Pohl, the Company's Chief Accounting Officer, ended on February 27, 2026.",
        [("Sandra Pohl", "departure", "Chief Accounting Officer", date(2026, 2, 27), "done")],
    ),
    "titles_behind_the_names": (
        "On March 1, 2026, the Board appointed Alec Moor President and Chief Operating Officer of the Company and Tina Volk Executive Vice President and Chief Financial Officer of the Company, in each case effective March 9, 2026.",
        [
            ("Alec Moor", "new_hire", "President and Chief Operating Officer", date(2026, 3, 9), "planned"),
            ("Tina Volk", "new_hire", "Executive Vice President and Chief Financial Officer", date(2026, 3, 9), "planned"),
        ],
    ),
    "effective_at_an_event": (
        "On March 1, 2026, the Board elected Jon Beale as a director, effective at the close of the annual meeting.",
        [("Jon Beale", "new_hire", "Director", None, "done")],
    ),
    "table": (
        "The Board made the following appointments, effective April 1, 2026:\nName Position\nLiam Hart Chief Financial Officer\nUma Patel Chief Operating Officer",
        [
            ("Liam Hart", "new_hire", "Chief Financial Officer", date(2026, 4, 1), "planned"),
            ("Uma Patel", "new_hire", "Chief Operating Officer", date(2026, 4, 1), "planned"),
        ],
    ),
    "table_cells": (
        "The following officers of the Company were appointed on March 1, 2026:\nLiam Hart\nChief Financial Officer\nUma Patel\nChief Operating Officer",
        [
            ("Liam Hart", "new_hire", "Chief Financial Officer", None, "done"),
            ("Uma Patel", "new_hire", "Chief Operating Officer", None, "done"),
        ],
    ),
    "bullets": (
        "On March 1, 2026, the Board appointed the following individuals to the positions set forth below:\nJane Roe, Chief Executive Officer;\nMax Poe, Chief Financial Officer; and\nAnn Lee, Secretary.",
        [
            ("Ann Lee", "new_hire", "Secretary", date(2026, 3, 1), "done"),
            ("Jane Roe", "new_hire", "Chief Executive Officer", date(2026, 3, 1), "done"),
            ("Max Poe", "new_hire", "Chief Financial Officer", date(2026, 3, 1), "done"),
        ],
    ),
    "ceo_leaves_company_and_board": (
        "On March 1, 2026, Dr. Erik Holm, the Company's President and Chief Executive Officer and a member of the Company's Board of Directors (the \"Board\"), notified the Company that he will leave the Company and retire from the Board effective June 30, 2026.",
        [("Erik Holm", "departure", "President and Chief Executive Officer", date(2026, 6, 30), "planned")],
    ),
    "upon_another's_departure_immediately": (
        "On March 1, 2026, the Board appointed Sara Lund as Chief Financial Officer, effective immediately upon Mr. York's departure on March 31, 2026.",
        [("Sara Lund", "new_hire", "Chief Financial Officer", date(2026, 3, 31), "planned")],
    ),
    "on_and_effective": (
        "On and effective as of February 28, 2026, the Board appointed Piet Mol as Chief Operating Officer.",
        [("Piet Mol", "new_hire", "Chief Operating Officer", date(2026, 2, 28), "done")],
    ),
    "succeeding_at_the_end": (
        "On March 1, 2026, the Board elected Asta Berg as Chief Executive Officer, effective March 9, 2026, succeeding Lars Ekman.",
        [
            ("Asta Berg", "new_hire", "Chief Executive Officer", date(2026, 3, 9), "planned"),
            ("Lars Ekman", "departure", "Chief Executive Officer", date(2026, 3, 9), "planned"),
        ],
    ),
    "a_table_of_pay_is_no_change": (
        "On March 1, 2026, the Committee set the target bonuses of the following named executive officers:\nLiam Hart, Chief Financial Officer $200,000\nUma Patel, Chief Operating Officer $150,000",
        "pay_arrangement_only",
    ),
    "a_table_of_votes_is_no_change": (
        "At the annual meeting of stockholders the following directors were elected by the stockholders:\nLiam Hart, Director\nUma Patel, Director",
        "annual_election",
    ),
    "two_who_do_not_intend_to_stand": (
        "On March 1, 2026, Alma Birk and Theo Crane notified the Board that they do not intend to stand for re-election at the 2026 annual meeting.",
        [("Alma Birk", "departure", "Director", None, "planned"), ("Theo Crane", "departure", "Director", None, "planned")],
    ),
    "termination_of_his_employment": (
        "On March 1, 2026, the Company entered into a separation agreement with Omar Reed in connection with the termination of his employment as Chief Commercial Officer, effective April 30, 2026.",
        [("Omar Reed", "departure", "Chief Commercial Officer", date(2026, 4, 30), "planned")],
    ),
    "the_day_before_the_verb": (
        "Effective March 2, 2026, Gia Moss was appointed Interim Chief Financial Officer following the resignation of Bo Hart as Chief Financial Officer on February 25, 2026.",
        [
            ("Bo Hart", "departure", "Chief Financial Officer", date(2026, 2, 25), "done"),
            ("Gia Moss", "new_hire", "Interim Chief Financial Officer", date(2026, 3, 2), "done"),
        ],
    ),
    "keeps_another_chair": (
        "On March 1, 2026, the Board appointed Iva Kern as principal accounting officer, replacing Rudi Holt, who will continue to serve as principal financial officer.",
        [
            ("Iva Kern", "new_hire", "Principal accounting officer", None, "planned"),
            ("Rudi Holt", "departure", "Principal accounting officer", None, "planned"),
        ],
    ),
    "a_sitting_officer_told_without_a_second_comma": (
        "On March 1, 2026, Alma Reyes, President and Chief Executive Officer was appointed acting Chief Financial Officer effective March 2, 2026.",
        [("Alma Reyes", "promotion", "Acting Chief Financial Officer", date(2026, 3, 2), "done")],
    ),
    "a_surname_that_is_a_direction": (
        "On March 1, 2026, Donna West and Carlos Vega notified the Board that they do not intend to stand for re-election at the 2026 annual meeting.",
        [("Carlos Vega", "departure", "Director", None, "planned"), ("Donna West", "departure", "Director", None, "planned")],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_change_is_told_in_many_forms(form):
    body, expected = FORMS[form]
    reading = read_document(item_text("5.02", body, TITLE))
    events = sorted(reading.events, key=lambda e: e.person.full_name)
    found = [(e.person.full_name, e.change_type, e.title, e.effective_on, e.modality) for e in events]
    assert (found or reading.reason) == expected
